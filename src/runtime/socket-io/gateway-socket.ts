import { EventEmitter } from 'node:events';
import { Socket, type Namespace } from 'socket.io';
import type { AckFunction } from '../../types';
import { answerError } from '../answer/answer';
import { runSafely, type Report } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { SocketSession } from '../model';
import type { EngineConnection } from './connection';
import { isCalledByAdapter, refusalIn } from './gateway-rooms';
import { leaveNamespace } from './leave-namespace';
import { countRefusal } from './refuse-handshake';
import { pidOf, releaseSession } from './restored-sessions';
import { REPORT, safeCallback, safeListening, type Callback } from './safe-listeners';
import { limitAnswer, prepareAck } from './socket-acks';
import { findSession, sessionOf, SocketWithSession } from './socket-session';
import { hasStreamOffer, isStreamPacket } from './stream-packets';

/*
 * Socket.IO lets a throw in an ack callback, a listener or a middleware of a socket end the process. The sockets of gateways
 * are of a subclass whose methods catch it. Methods that are put on an existing socket, or another prototype under it, would make
 * every socket larger and slower.
 */

type ListenToAny = (this: Socket, listener?: Callback) => Socket;
type Use = (
  this: Socket,
  middleware: (packet: unknown[], next: (error?: Error) => void) => unknown,
) => Socket;

interface SocketMethods {
  dispatch(this: Socket, packet: unknown[]): void;
  run(this: Socket, packet: unknown[], done: (error?: unknown) => void): void;
  emit(this: Socket, event: string, ...args: unknown[]): boolean;
  emitWithAck(this: Socket, event: string, ...args: unknown[]): Promise<unknown>;
  use: Use;
  join(this: Socket, rooms: string | string[]): unknown;
  leave(this: Socket, room: string): unknown;
  leaveAll(this: Socket): void;
  _onpacket(this: Socket, packet: { data?: unknown; bytes?: number }): void;
  _onclose(this: Socket, reason: string, description?: unknown): void;
  _cleanup(this: Socket): void;
  _error(this: Socket, error: unknown): void;
}

/** The parts of a socket that its types do not show. */
interface SocketParts {
  /** The middlewares that were given to `use`. */
  readonly fns: readonly unknown[];
  readonly client: { _remove(socket: Socket): void };
  _cleanup(): void;
}

const original = Socket.prototype as object as SocketMethods & Record<(typeof ANY)[number], ListenToAny>;
const ANY = [
  'onAny',
  'prependAny',
  'offAny',
  'onAnyOutgoing',
  'prependAnyOutgoing',
  'offAnyOutgoing',
] as const;

/** Returns the ack of a packet, its last element; undefined if the client asked for no answer. */
export function ackOf(packet: readonly unknown[]): AckFunction | undefined {
  const last = packet[packet.length - 1];
  return packet.length > 1 && typeof last === 'function' ? (last as AckFunction) : undefined;
}

/** The safe listeners of all events, by the listener that was given: `offAny` must find them. */
const anyListeners = new WeakMap<Callback, Callback>();

function safeAny(listener: Callback): Callback {
  const known = anyListeners.get(listener) ?? safeCallback('a listener of all events', listener);
  anyListeners.set(listener, known);
  return known;
}

function listenToAny(change: ListenToAny): ListenToAny {
  return function (listener) {
    return listener ? change.call(this, safeAny(listener)) : change.call(this);
  };
}

/**
 * Returns true if the socket may join or leave the rooms. If an adapter asks, the answer is logged, because a throw would end
 * the process.
 *
 * @throws BadRequestError 400
 */
function mayMove(socket: Socket, { gateway }: SocketSession, rooms: unknown): boolean {
  const refusal = refusalIn(socket.nsp, rooms);
  if (!refusal) return true;
  if (!isCalledByAdapter()) throw refusal;
  gateway.logger.warn(
    `${gateway.plan.className}: ${socket.id} does not join or leave rooms that belong to the gateway, as another node wants`,
  );
  return false;
}

/** Refuses a packet with what a middleware throws or rejects with, as with what it passes to `next`. */
const use: Use = function (middleware) {
  return original.use.call(this, (packet, next) => {
    const refuse: Report = (_what, error) => {
      next(toError(error));
    };
    runSafely('', refuse, () => middleware(packet, next));
  });
};

const SAFE_METHODS: Omit<SocketMethods, 'run'> & Record<string, unknown> & ThisType<Socket> = {
  ...safeListening(Socket.prototype),
  ...Object.fromEntries(ANY.map((method) => [method, listenToAny(original[method])])),
  use,
  /**
   * Passes a packet on after the middlewares of the socket. Socket.IO would look for listeners, and would leave a client
   * waiting whose packet a middleware refuses.
   */
  dispatch(packet) {
    const session = sessionOf(this);
    if (!session.receive || !this.connected) return;
    if (isStreamPacket(packet)) {
      session.gateway.streams.receive(session, packet);
      return;
    }
    session.gateway.metrics?.arrive();
    if (hasStreamOffer(packet) && !session.gateway.streams.register(session, packet)) return;
    const { packetBytes } = session;
    if ((this as object as SocketParts).fns.length === 0) {
      session.receive(session, packet, packetBytes);
      return;
    }
    original.run.call(this, packet, (error) => {
      if (error) answerError(session.gateway, this, undefined, ackOf(packet), error);
      else session.receive?.(session, packet, packetBytes);
    });
  },
  emit(event, ...args) {
    const last = args.length - 1;
    const ack = args[last];
    if (typeof ack === 'function') args[last] = prepareAck(sessionOf(this), event, ack as Callback);
    return original.emit.call(this, event, ...args);
  },
  emitWithAck(event, ...args) {
    return limitAnswer(sessionOf(this), () => original.emitWithAck.call(this, event, ...args));
  },
  join(rooms) {
    const session = findSession(this);
    // Without a session Socket.IO restores the rooms of a client; before the socket is connected it joins the room of its id.
    const isOwn = !session || (rooms === this.id && session.receive === undefined);
    return isOwn || mayMove(this, session, rooms) ? original.join.call(this, rooms) : undefined;
  },
  leave(room) {
    return mayMove(this, sessionOf(this), room) ? original.leave.call(this, room) : undefined;
  },
  /** Leaves the rooms that the application has joined. */
  leaveAll() {
    for (const room of this.rooms) if (!refusalIn(this.nsp, room)) original.leave.call(this, room);
  },
  get [REPORT](): Report | undefined {
    return findSession(this)?.gateway.report;
  },
  /** Answers the packet with what is thrown while it is handled. */
  _onpacket(packet) {
    const session = sessionOf(this);
    session.packetBytes = packet.bytes ?? 0;
    try {
      original._onpacket.call(this, packet);
    } catch (error) {
      const ack = Array.isArray(packet.data) ? ackOf(packet.data) : undefined;
      answerError(session.gateway, this, undefined, ack, error);
    }
  },
  /**
   * Called once when the socket ends: refused, disconnected, or gone during its handshake. Leaves all rooms, and gives back the
   * session that it was recovered from.
   */
  _cleanup() {
    const pid = pidOf(this);
    if (this.recovered && pid !== undefined) releaseSession(this.nsp, pid);
    leaveNamespace(sessionOf(this), () => {
      original.leaveAll.call(this);
      original._cleanup.call(this);
    });
  },
  /** Ends the socket also if the adapter throws, which holds up Socket.IO halfway. */
  _onclose(reason, description) {
    try {
      original._onclose.call(this, reason, description);
    } catch (error) {
      sessionOf(this).gateway.report(`the end of ${this.id} failed`, error);
      if (!this.connected) return;
      const parts = this as object as SocketParts;
      parts._cleanup();
      parts.client._remove(this);
      this.connected = false;
      EventEmitter.prototype.emit.call(this, 'disconnect', reason, description);
    }
  },
  /** Called when the handshake is refused, by the gateway or by Socket.IO. */
  _error(error) {
    original._error.call(this, error);
    const { gateway } = sessionOf(this);
    countRefusal(this.conn as object as EngineConnection, gateway, gateway.plan.limits.maxRefusals);
  },
};

class GatewaySocket extends SocketWithSession {}
Object.defineProperties(GatewaySocket.prototype, Object.getOwnPropertyDescriptors(SAFE_METHODS));

/** Returns the session of a new socket. */
export type BeginSession = (socket: Socket, handshakeBytes: number) => SocketSession;

/**
 * Constructs the socket of a client that enters a namespace of a gateway.
 *
 * @param handshakeBytes bytes of the CONNECT packet
 * @param recovered what the adapter has kept of a client that comes back
 */
export function createSocket(
  begin: BeginSession,
  handshakeBytes: number,
  namespace: Namespace,
  client: unknown,
  auth: object,
  recovered: object | undefined,
): Socket {
  const Constructor = GatewaySocket as new (...args: unknown[]) => Socket;
  return new Constructor(begin, handshakeBytes, namespace, client, auth, recovered);
}
