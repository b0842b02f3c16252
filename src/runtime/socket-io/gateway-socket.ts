import { Socket, type Namespace } from 'socket.io';
import { printable } from '../../plan/printable';
import type { AckFunction } from '../../types';
import { answerError } from '../answer/answer';
import { runSafely, type Report } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { SocketSession } from '../model';
import type { EngineConnection } from './connection';
import { countRefusal } from './refuse-handshake';
import { REPORT, safeCallback, safeListening, type Callback } from './safe-listeners';
import { findSession, sessionOf, SocketWithSession } from './socket-session';

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
  _onpacket(this: Socket, packet: { data?: unknown; bytes?: number }): void;
  _cleanup(this: Socket): void;
  _error(this: Socket, error: unknown): void;
}

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly flags: { timeout?: number };
  readonly acks: Map<number, unknown>;
  /** The middlewares that were given to `use`. */
  readonly fns: readonly unknown[];
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

/** Limits an ack without a timeout of its own to `limits.ackTimeout`: the client may never answer. */
function limitAck(session: SocketSession, ack: Callback): Callback {
  const { socket, gateway } = session;
  const { flags, acks } = socket as object as SocketParts;
  const { ackTimeout } = gateway.plan.limits;
  if (flags.timeout !== undefined || !Number.isFinite(ackTimeout)) return ack;
  const limited: Callback = function (...args) {
    clearTimeout(timer);
    return ack.apply(this, args);
  };
  const timer = setTimeout(() => {
    for (const [id, waiting] of acks) if (waiting === limited) acks.delete(id);
    countLateAck(session);
  }, ackTimeout).unref();
  return limited;
}

function countLateAck({ gateway, path }: SocketSession): void {
  gateway.metrics?.exceeded(path, 'ackTimeout');
}

function listenToAny(change: ListenToAny): ListenToAny {
  return function (listener) {
    return listener ? change.call(this, safeAny(listener)) : change.call(this);
  };
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
    session.gateway.metrics?.arrive();
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
  /** Catches what the callback of an ack throws: it is called from a packet or a timer. */
  emit(event, ...args) {
    const last = args.length - 1;
    const ack = args[last];
    if (typeof ack === 'function') {
      const callback = safeCallback(`the ack of '${printable(event)}'`, ack as Callback);
      args[last] = limitAck(sessionOf(this), callback);
    }
    return original.emit.call(this, event, ...args);
  },
  /** Waits for `limits.ackTimeout` at most. Socket.IO would wait forever for a client that is gone. */
  emitWithAck(event, ...args) {
    const { flags } = this as object as SocketParts;
    const session = sessionOf(this);
    const { ackTimeout } = session.gateway.plan.limits;
    if (flags.timeout !== undefined || !Number.isFinite(ackTimeout)) {
      return original.emitWithAck.call(this, event, ...args);
    }
    flags.timeout = ackTimeout;
    const answered = original.emitWithAck.call(this, event, ...args);
    answered.catch(() => {
      countLateAck(session);
    });
    return answered;
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
  /** Called once when the socket ends: refused, disconnected, or gone during its handshake. */
  _cleanup() {
    original._cleanup.call(this);
    leaveNamespace(sessionOf(this));
  },
  /** Called when the handshake is refused, whoever refuses it. */
  _error(error) {
    original._error.call(this, error);
    const { gateway } = sessionOf(this);
    countRefusal(this.conn as object as EngineConnection, gateway, gateway.plan.limits.maxRefusals);
  },
};

/** Stops counting the namespace of a socket, and the bytes of its handshake, for its connection. */
function leaveNamespace(session: SocketSession): void {
  if (!session.isCounted) return;
  session.isCounted = false;
  session.connection.namespaces--;
  session.connection.pendingBytes -= session.handshakeBytes;
}

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
