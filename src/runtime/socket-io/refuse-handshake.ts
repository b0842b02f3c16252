import type { Server } from 'socket.io';
import { RateLimitExceeded, ServiceUnavailableError } from '../../errors';
import type { LimitsPlan } from '../../plan/plan';
import { present } from '../answer/wire-error';
import { printable } from '../../plan/printable';
import { debug } from '../debug';
import type { Gateway } from '../model';
import { closeForLimit } from './close-connection';
import { stateOf, type EngineConnection } from './connection';

/** The type of Socket.IO's packet that refuses a namespace. */
const CONNECT_ERROR = 4;

interface Encoder {
  encode(packet: object): (string | Buffer)[];
}

/** The limits of a connection, across its namespaces. */
export type ConnectionLimits = Pick<LimitsPlan, 'maxNamespaces' | 'maxPendingBytes' | 'maxRefusals'>;

/** The error that a client gets as `connect_error`. */
export interface Refusal {
  readonly message: string;
  readonly data?: unknown;
}

/** A refusal with its code. */
export type HandshakeRefusal = Refusal & { readonly code: number };

/** The message of Socket.IO for a namespace that does not exist. */
export const INVALID_NAMESPACE: Refusal = { message: 'Invalid namespace' };

/**
 * Refuses a namespace before anything is created for it.
 *
 * @param name as the client has sent it
 */
export function refuseNamespace(
  server: Server,
  connection: EngineConnection,
  name: string,
  { message, data }: Refusal,
): void {
  if (debug.enabled)
    debug("the server refuses connection %s '%s': %s", connection.id, printable(name), message);
  // Clients of Socket.IO 2 get the data alone.
  const told =
    connection.protocol === 3 ? (data ?? message) : { message, ...(data !== undefined && { data }) };
  const encoder = server.encoder as object as Encoder;
  for (const encoded of encoder.encode({ type: CONNECT_ERROR, nsp: name, data: told }))
    connection.write(encoded);
}

/**
 * Counts a refused handshake. Closes the connection if it was the last one that `limits.maxRefusals` allows.
 *
 * @param maxRefusals of the gateway, or the smallest of all gateways if the name belongs to none
 */
export function countRefusal(connection: EngineConnection, gateway: Gateway, maxRefusals: number): void {
  const state = stateOf(connection);
  if (++state.refusals < maxRefusals) return;
  closeForLimit(
    connection,
    gateway,
    'maxRefusals',
    `${state.refusals} handshakes of namespaces were refused, and limits.maxRefusals is ${maxRefusals}`,
  );
}

/**
 * Checks that a connection may ask for one more namespace.
 *
 * @param limits of the gateway, or the smallest of all gateways if the name belongs to none
 * @param path the label of the metrics
 * @param bytes of the CONNECT packet
 * @returns undefined if it may; else the error 429 that refuses the handshake
 */
export function refusalOfLimits(
  { metrics }: Gateway,
  { maxNamespaces, maxPendingBytes }: ConnectionLimits,
  path: string,
  connection: EngineConnection,
  bytes: number,
): HandshakeRefusal | undefined {
  const { namespaces, pendingBytes } = stateOf(connection);
  if (namespaces >= maxNamespaces) {
    metrics?.exceeded(path, 'maxNamespaces');
    return asRefusal(new RateLimitExceeded('TOO_MANY_NAMESPACES', { maxNamespaces }));
  }
  if (pendingBytes + bytes > maxPendingBytes) {
    metrics?.exceeded(path, 'maxPendingBytes');
    return asRefusal(new RateLimitExceeded('TOO_MANY_PENDING_BYTES', { maxPendingBytes }));
  }
  return undefined;
}

/** Returns the smallest limits of several gateways: they hold for what belongs to none of them. */
export function smallestLimits(gateways: Iterable<Gateway>): ConnectionLimits {
  const smallest = { maxNamespaces: Infinity, maxPendingBytes: Infinity, maxRefusals: Infinity };
  for (const { plan } of gateways) {
    const { maxNamespaces, maxPendingBytes, maxRefusals } = plan.limits;
    smallest.maxNamespaces = Math.min(smallest.maxNamespaces, maxNamespaces);
    smallest.maxPendingBytes = Math.min(smallest.maxPendingBytes, maxPendingBytes);
    smallest.maxRefusals = Math.min(smallest.maxRefusals, maxRefusals);
  }
  return smallest;
}

/** Returns the error 503 of a gateway that drains. Another node may serve the client. */
export function drainingError(): ServiceUnavailableError {
  return new ServiceUnavailableError('DRAINING', { retryable: true });
}

/**
 * Refuses a namespace of a gateway that drains. A connection that was never in a namespace is closed instead: clients of Socket.IO
 * come back by themselves then, but not after a refusal.
 *
 * @param name as the client has sent it
 * @param path the label of the metrics
 * @returns false if the gateway takes new clients
 */
export function refuseWhileDraining(
  server: Server,
  { availability, metrics }: Gateway,
  connection: EngineConnection,
  name: string,
  path: string,
): boolean {
  if (availability !== 'closed') return false;
  const { message, data, code } = asRefusal(drainingError());
  metrics?.refused(path, code);
  const state = stateOf(connection);
  if (state.wasAdmitted)
    refuseNamespace(server, connection, name, { message, data: { ...(data as object), retryable: true } });
  else {
    state.closedFor ??= new Error('the gateway drains');
    connection.close();
  }
  return true;
}

function asRefusal(error: RateLimitExceeded | ServiceUnavailableError): HandshakeRefusal {
  const data = present(error);
  return { message: data.message, data, code: error.code };
}
