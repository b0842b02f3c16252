import { Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { isPromise, runSafely } from '../errors/run-safely';
import { abortAll } from '../event/abort-signal';
import { receivePacket, refuseIfFull } from '../event/handle-event';
import { HeldPacket } from '../event/pending';
import { releaseWaiting } from '../event/slots';
import type { Gateway, Packet, SocketCallback, SocketSession } from '../model';
import { knownAddress } from '../socket-io/address';
import { ackOf } from '../socket-io/gateway-socket';
import { settleAcks } from '../socket-io/socket-acks';
import { sessionOf } from '../socket-io/socket-session';
import { abandonStreams } from '../stream/receive-streams';
import { forgetExpiry, watchExpiry } from '../user/user-expiry';
import { isStillRecovered, sendMissed } from './recovery';

/** The reasons of a disconnect after which Socket.IO does not recover the client. */
const FINAL_REASONS = new Set<string>(['server namespace disconnect', 'client namespace disconnect']);

/**
 * Connects a socket that was admitted: one listener for its packets and two for its end, however many events the gateway
 * has.
 */
export function connectSocket(socket: Socket): void {
  const session = sessionOf(socket);
  const { callbacks, metrics, log, presence } = session.gateway;
  if (socket.recovered && !isStillRecovered(session.gateway, socket)) {
    socket.disconnect();
    return;
  }
  // Socket.IO's own method, since these listeners never throw.
  if (callbacks.disconnecting.length > 0 || presence)
    Socket.prototype.on.call(socket, 'disconnecting', onDisconnecting);
  Socket.prototype.on.call(socket, 'disconnect', onDisconnect);
  session.connection.wasAdmitted = true;
  watchExpiry(session);

  metrics?.connected(session.path);
  log.connection?.(
    `${socket.id} entered '${printable(socket.nsp.name)}' from ${knownAddress(socket.handshake.address)}`,
  );
  if (socket.recovered) sendMissed(session.gateway, socket);
  presence?.connect(session);
  const connected = callConnected(session);
  if (session.connection.isLeaving) return;
  if (connected) holdPackets(session, connected);
  else acceptPackets(session);
}

/** Handles 'disconnecting' of all sockets: one function, not one per socket. */
function onDisconnecting(this: Socket, reason: string, description?: unknown): void {
  const session = sessionOf(this);
  const { gateway, connection } = session;
  runAll(gateway, gateway.callbacks.disconnecting, this, reason, description ?? connection.closedFor);
  gateway.presence?.disconnect(session, FINAL_REASONS.has(reason));
}

function onDisconnect(this: Socket, reason: string, description?: unknown): void {
  const session = sessionOf(this);
  const { gateway, path, connection } = session;
  releaseWaiting(session);
  abortAll(session);
  abandonStreams(session);
  settleAcks(session);
  forgetExpiry(session);
  // The adapter may still have the session that it has restored, and would restore it again.
  if (this.recovered && FINAL_REASONS.has(reason)) gateway.forbidRecovery(this);
  gateway.metrics?.disconnected(path, reason);
  gateway.log.connection?.(`${this.id} left '${printable(this.nsp.name)}': ${reason}`);
  runAll(gateway, gateway.callbacks.disconnected, this, reason, description ?? connection.closedFor);
}

/** Keeps packets, in order, until the `connected` callbacks are done. */
function holdPackets(session: SocketSession, connected: Promise<void>): void {
  const held: { readonly packet: Packet; readonly bytes: number; readonly pending: HeldPacket }[] = [];
  session.receive = (_session, packet, bytes) => {
    if (refuseIfFull(session, packet, bytes)) return;
    held.push({ packet, bytes, pending: new HeldPacket(session, ackOf(packet), bytes) });
  };
  void connected.then(() => {
    for (const { pending } of held) pending.release();
    acceptPackets(session);
    if (!session.socket.connected) return;
    for (const { packet, bytes, pending } of held)
      if (!pending.isRefused) receivePacket(session, packet, bytes);
  });
}

/** Lets packets in, unless a drain is about to close the connection: then none is accepted any more. */
function acceptPackets(session: SocketSession): void {
  if (!session.connection.isLeaving) session.receive = receivePacket;
}

/**
 * Calls `socketConnected` of the middlewares and the `@OnConnect` methods, one after the other.
 *
 * @returns undefined if none of them is async; else a promise that never rejects
 */
function callConnected({ gateway, socket }: SocketSession): Promise<void> | undefined {
  const { connected } = gateway.callbacks;
  for (const [at, callback] of connected.entries()) {
    try {
      const done = callback.call(socket);
      if (isPromise(done)) return awaitConnected(gateway, socket, callback, done, connected.slice(at + 1));
    } catch (error) {
      disconnectAfterFailure(gateway, socket, callback, error);
      return undefined;
    }
  }
  return undefined;
}

async function awaitConnected(
  gateway: Gateway,
  socket: Socket,
  first: SocketCallback,
  running: PromiseLike<unknown>,
  rest: readonly SocketCallback[],
): Promise<void> {
  let current = first;
  try {
    await running;
    for (const callback of rest) {
      if (!socket.connected) return;
      current = callback;
      await callback.call(socket);
    }
  } catch (error) {
    disconnectAfterFailure(gateway, socket, current, error);
  }
}

function disconnectAfterFailure(
  gateway: Gateway,
  socket: Socket,
  { what }: SocketCallback,
  error: unknown,
): void {
  gateway.report(`${what} failed, ${socket.id} is disconnected`, error);
  socket.disconnect();
}

function runAll(
  gateway: Gateway,
  callbacks: readonly SocketCallback[],
  socket: Socket,
  reason: string,
  description: unknown,
): void {
  for (const callback of callbacks) {
    runSafely(`${callback.what} failed`, gateway.report, () => callback.call(socket, reason, description));
  }
}
