import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { RateLimit } from '../model';
import { findState, stateOf } from './connection';

/*
 * The keys by which rate limits count connections. A client cannot renew the key by leaving a namespace and entering again. Nothing
 * is kept of a closed connection.
 */

type Connection = Socket['conn'];

/** Returns the key of a connection. It is not the id of Engine.IO, with which others could take over the connection. */
export function connectionKey(connection: Connection): string {
  return (stateOf(connection).rateKey ??= randomUUID());
}

/**
 * Makes sure that a limit forgets the key of a connection when it is closed.
 *
 * @returns false if the connection is closed already
 */
export function forgetWithConnection(connection: Connection, limit: RateLimit): boolean {
  if (connection.readyState === 'closed') return false;
  (stateOf(connection).rateLimits ??= new Set()).add(limit);
  return true;
}

/** Deletes the keys of a closed connection from memory. */
export function forgetConnection(connection: object): void {
  const state = findState(connection);
  if (!state?.rateLimits || state.rateKey === undefined) return;
  for (const limit of state.rateLimits) limit.forget?.(state.rateKey);
  state.rateLimits = undefined;
}
