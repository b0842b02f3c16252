import { Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { abortAll } from '../event/abort-signal';
import { admitRecovered } from './admit-socket';
import { leaveOne, markUsed } from '../socket-io/connection';
import { guarded, isPromise } from '../errors/run-safely';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { assignSession, sessionOf } from '../socket-io/gateway-socket';
import { receivePacket, refuseOneMore, type Packet } from '../event/handle-event';
import { requestIDOf } from '../answer/request-id';
import type { SocketCallback } from './socket-callbacks';
import type { SocketSession } from '../model';
import { endRecovery } from './recovery';
import { dropWaiting } from '../event/slots';
import { forgetExpiry, watchExpiry } from '../user/user-expiry';

/** The ends after which Socket.IO lets nobody come back. */
const SENT_AWAY = new Set<string>(['server namespace disconnect', 'client namespace disconnect']);

/**
 * Takes over a socket that has entered a namespace: one listener for its packets and two for its end, however many
 * events the gateway has.
 *
 * @param path the path of the gateway that the namespace belongs to
 * @param nspParams the parameters of the dynamic namespace that it is in
 */
export function connectSocket(
  gateway: GatewayRuntime,
  path: string,
  socket: Socket,
  nspParams: Readonly<Record<string, string>>,
): void {
  const { moments, metrics, log } = gateway;
  const session: SocketSession = {
    gateway,
    socket,
    receive: undefined,
    path,
    nspParams,
    events: gateway.exposed?.eventsOf(path) ?? gateway.events,
    requestID: requestIDOf(socket),
    pending: 0,
    running: 0,
    waiting: undefined,
    aborts: undefined,
  };
  // Socket.IO's own function: these cannot fail.
  if (moments.disconnecting.length > 0) Socket.prototype.on.call(socket, 'disconnecting', leave);
  Socket.prototype.on.call(socket, 'disconnect', goAway);
  markUsed(socket.conn);
  if (socket.recovered) admitRecovered(gateway, socket);
  assignSession(session);
  watchExpiry(gateway, socket);

  metrics?.connected(path);
  log.connection?.(`${socket.id} entered '${printable(socket.nsp.name)}' from ${socket.handshake.address}`);
  const welcomed = welcome(gateway, socket);
  if (welcomed) holdPackets(session, welcomed);
  else listen(session);
}

/** One listener for all sockets. */
function leave(this: Socket, reason: string): void {
  const { gateway } = sessionOf(this);
  runAll(gateway, gateway.moments.disconnecting, this, reason);
}

function goAway(this: Socket, reason: string): void {
  const session = sessionOf(this);
  const { gateway, path } = session;
  leaveOne(this.conn);
  dropWaiting(session);
  abortAll(session);
  forgetExpiry(this);
  // An adapter may still have what it gave back, and would give it once more.
  if (this.recovered && SENT_AWAY.has(reason)) endRecovery(this);
  gateway.metrics?.disconnected(path, reason);
  gateway.log.connection?.(`${this.id} left '${printable(this.nsp.name)}': ${reason}`);
  runAll(gateway, gateway.moments.disconnected, this, reason);
}

/** From now on packets are events. */
function listen(session: SocketSession): void {
  session.receive = receivePacket;
}

/** Keeps packets, in order, until whoever welcomes the socket is done. */
function holdPackets(session: SocketSession, welcomed: Promise<void>): void {
  const held: Packet[] = [];
  session.receive = (_session, packet) => {
    if (refuseOneMore(session, packet)) return;
    session.pending++;
    held.push(packet);
  };
  void welcomed.then(() => {
    session.pending -= held.length;
    listen(session);
    if (!session.socket.connected) return;
    for (const packet of held) receivePacket(session, packet);
  });
}

/**
 * Calls `socketConnected` of the middlewares and the `@OnConnect` methods, one after the other; undefined if none of them
 * is async. The promise never rejects.
 */
function welcome(gateway: GatewayRuntime, socket: Socket): Promise<void> | undefined {
  const { connected } = gateway.moments;
  for (const [at, callback] of connected.entries()) {
    try {
      const done = callback.call(socket);
      if (isPromise(done)) return welcomeRest(gateway, socket, callback, done, connected.slice(at + 1));
    } catch (error) {
      turnAway(gateway, socket, callback, error);
      return undefined;
    }
  }
  return undefined;
}

async function welcomeRest(
  gateway: GatewayRuntime,
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
    turnAway(gateway, socket, current, error);
  }
}

function turnAway(gateway: GatewayRuntime, socket: Socket, { what }: SocketCallback, error: unknown): void {
  gateway.report(`${what} failed, ${socket.id} is disconnected`, error);
  socket.disconnect();
}

function runAll(
  gateway: GatewayRuntime,
  callbacks: readonly SocketCallback[],
  socket: Socket,
  reason: string,
): void {
  for (const callback of callbacks) {
    guarded(`${callback.what} failed`, gateway.report, () => callback.call(socket, reason));
  }
}
