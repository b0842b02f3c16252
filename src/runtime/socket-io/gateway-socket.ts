import { Socket, type Namespace } from 'socket.io';
import { printable } from '../../plan/printable';
import type { AckFunction } from '../../types';
import { answerError } from '../answer/answer';
import { guarded, type Report } from '../errors/run-safely';
import { toError } from '../answer/wire-error';
import { gatewayOf, isServed } from './socket-session';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { guardCallback, guardedListening, REPORT, type Callback } from './safe-listeners';
import type { SocketSession } from '../model';

/*
 * Socket.IO lets a throw in an ack callback, a listener or a middleware that was put on a socket by hand end the
 * process. The functions of this class let it live. A socket is made as one of it: to put the functions on a socket that is
 * there, or another prototype under it, makes all that it does slower, and the socket larger.
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
  _onpacket(this: Socket, packet: { data?: unknown }): void;
}

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly flags: { timeout?: number };
  readonly acks: Map<number, unknown>;
  readonly nsp: { readonly _ids: number };
}

const SESSION = Symbol('session');
const original = Socket.prototype as object as SocketMethods & Record<(typeof ANY)[number], ListenToAny>;
const ANY = [
  'onAny',
  'prependAny',
  'offAny',
  'onAnyOutgoing',
  'prependAnyOutgoing',
  'offAnyOutgoing',
] as const;

/** From now on the packets of the socket go to its session. */
export function assignSession(session: SocketSession): void {
  (session.socket as object as { [SESSION]?: SocketSession })[SESSION] = session;
}

/** The session of a socket that has entered its namespace. */
export function sessionOf(socket: Socket): SocketSession {
  return (socket as object as { [SESSION]: SocketSession })[SESSION];
}

/** The ack of a packet: its last element, where the client asked for an answer. */
export function ackOf(packet: readonly unknown[]): AckFunction | undefined {
  const last = packet[packet.length - 1];
  return packet.length > 1 && typeof last === 'function' ? (last as AckFunction) : undefined;
}

/** Guarded listeners for all events, by the listener that was given: `offAny` must find them. */
const anyListeners = new WeakMap<Callback, Callback>();

function guardAny(listener: Callback): Callback {
  const known = anyListeners.get(listener) ?? guardCallback('a listener of all events', listener);
  anyListeners.set(listener, known);
  return known;
}

/** An ack without a timeout of its own is waited for as long as the limit says; a client may never answer. */
function forgetInTime(socket: Socket, ack: Callback): Callback {
  const { flags, acks, nsp } = socket as object as SocketParts;
  const gateway = gatewayOf(socket);
  const { ackTimeout } = gateway.plan.limits;
  if (flags.timeout !== undefined || !Number.isFinite(ackTimeout)) return ack;
  // The number that Socket.IO is about to give it.
  const id = nsp._ids;
  const timer = setTimeout(() => {
    acks.delete(id);
    countLateAck(gateway, socket);
  }, ackTimeout).unref();
  return function (...args) {
    clearTimeout(timer);
    return ack.apply(this, args);
  };
}

function countLateAck(gateway: GatewayRuntime, { nsp }: Socket): void {
  gateway.metrics?.exceeded(gateway.pathOf(nsp.name), 'ackTimeout');
}

function listenToAny(change: ListenToAny): ListenToAny {
  return function (listener) {
    return listener ? change.call(this, guardAny(listener)) : change.call(this);
  };
}

/** What a middleware throws or rejects with refuses its packet, like what it passes to `next`. */
const use: Use = function (middleware) {
  return original.use.call(this, (packet, next) => {
    const refuse: Report = (_what, error) => {
      next(toError(error));
    };
    guarded('', refuse, () => middleware(packet, next));
  });
};

const GUARDED: Omit<SocketMethods, 'run'> & Record<string, unknown> & ThisType<Socket> = {
  ...guardedListening(Socket.prototype),
  ...Object.fromEntries(ANY.map((method) => [method, listenToAny(original[method])])),
  use,
  /**
   * Hands a packet over when the middlewares of the socket have let it pass; Socket.IO would look for listeners. A
   * packet that is refused is answered; Socket.IO would leave the client waiting.
   */
  dispatch(packet) {
    const session = sessionOf(this) as SocketSession | undefined;
    if (!session) {
      original.dispatch.call(this, packet);
      return;
    }
    if (!session.receive || !this.connected) return;
    session.gateway.metrics?.arrive();
    if ((this as object as { fns: unknown[] }).fns.length === 0) {
      session.receive(session, packet);
      return;
    }
    original.run.call(this, packet, (error) => {
      if (error) answerError(session.gateway, this, undefined, ackOf(packet), error);
      else session.receive?.(session, packet);
    });
  },
  /** Guards the callback of an ack, which is called from a packet or from a timer, and forgets one that never is. */
  emit(event, ...args) {
    const last = args.length - 1;
    const ack = args[last];
    if (typeof ack === 'function' && isServed(this)) {
      args[last] = guardCallback(`the ack of '${printable(event)}'`, forgetInTime(this, ack as Callback));
    }
    return original.emit.call(this, event, ...args);
  },
  /** Socket.IO would wait for ever for a client that has gone. */
  emitWithAck(event, ...args) {
    const { flags } = this as object as SocketParts;
    const ackTimeout = isServed(this) ? gatewayOf(this).plan.limits.ackTimeout : Infinity;
    if (flags.timeout !== undefined || !Number.isFinite(ackTimeout)) {
      return original.emitWithAck.call(this, event, ...args);
    }
    flags.timeout = ackTimeout;
    const answered = original.emitWithAck.call(this, event, ...args);
    answered.catch(() => {
      countLateAck(gatewayOf(this), this);
    });
    return answered;
  },
  get [REPORT](): Report | undefined {
    return isServed(this) ? gatewayOf(this).report : undefined;
  },
  /** A throw anywhere on the way of a packet stays with that packet. */
  _onpacket(packet) {
    try {
      original._onpacket.call(this, packet);
    } catch (error) {
      if (!isServed(this)) throw error;
      const ack = Array.isArray(packet.data) ? ackOf(packet.data) : undefined;
      answerError(gatewayOf(this), this, undefined, ack, error);
    }
  },
};

class GatewaySocket extends Socket {}
Object.defineProperties(GatewaySocket.prototype, Object.getOwnPropertyDescriptors(GUARDED));

/** Makes a socket that guards the code which the application puts on it from the moment in which a gateway serves it. */
export const createSocket = (
  ...socket: [namespace: Namespace, client: unknown, auth: object, session?: object]
): Socket => new (GatewaySocket as new (...args: unknown[]) => Socket)(...socket);
