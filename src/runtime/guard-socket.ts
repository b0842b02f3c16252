import { Socket } from 'socket.io';
import type { AckFunction } from '../types';
import { answerError } from './answer';
import { guarded, isPromise } from './errors/guarded';
import type { GatewayRuntime } from './gateway-runtime';

/*
 * Socket.IO lets a throw in an ack callback, a listener or a middleware that was put on a socket by hand end the
 * process. These functions take the place of the socket's own, are shared by all sockets, and let it live.
 */

type Callback = (this: unknown, ...args: unknown[]) => unknown;
type Emit = (this: Socket, event: string, ...args: unknown[]) => boolean;
type Listen = (this: Socket, event: string, listener: Callback) => Socket;
type Use = (
  this: Socket,
  middleware: (packet: unknown[], next: (error?: Error) => void) => unknown,
) => Socket;
type OnPacket = (this: Socket, packet: { data?: unknown }) => void;

const GATEWAY = Symbol('gateway');
const original = Socket.prototype as object as { emit: Emit; on: Listen; use: Use; _onpacket: OnPacket };

/** Guards all code that the application puts on a socket from now on. */
export function guardSocket(gateway: GatewayRuntime, socket: Socket): void {
  Object.assign(socket, { [GATEWAY]: gateway, emit, on, once, addListener: on, use, _onpacket: onPacket });
}

/** The ack of a packet: its last element, where the client asked for an answer. */
export function ackOf(packet: readonly unknown[]): AckFunction | undefined {
  const last = packet[packet.length - 1];
  return packet.length > 1 && typeof last === 'function' ? (last as AckFunction) : undefined;
}

function gatewayOf(socket: Socket): GatewayRuntime {
  return (socket as object as { [GATEWAY]: GatewayRuntime })[GATEWAY];
}

/** Guards the callback of an ack, which is called from a packet or from a timer. */
const emit: Emit = function (event, ...args) {
  const last = args.length - 1;
  const ack = args[last];
  if (typeof ack === 'function')
    args[last] = guardCallback(this, `the ack of '${event}' failed`, ack as Callback);
  return original.emit.call(this, event, ...args);
};

const on: Listen = function (event, listener) {
  return original.on.call(this, event, guardListener(this, event, listener));
};

const once: Listen = function (event, listener) {
  const guardedListener = guardListener(this, event, listener);
  const onlyOnce: Callback = (...args) => {
    this.off(event, onlyOnce);
    guardedListener.apply(this, args);
  };
  return original.on.call(this, event, Object.assign(onlyOnce, { listener }));
};

/** What a middleware refuses a packet with answers its ack; Socket.IO alone would leave the client waiting. */
const use: Use = function (middleware) {
  const gateway = gatewayOf(this);
  return original.use.call(this, (packet, next) => {
    const refuse = (error: unknown): void => {
      answerError(gateway, this, undefined, ackOf(packet), error);
    };
    const running = middleware(packet, (error) => {
      if (error) refuse(error);
      else next();
    });
    if (isPromise(running)) running.then(undefined, refuse);
  });
};

/** A throw anywhere on the way of a packet stays with that packet. */
const onPacket: OnPacket = function (packet) {
  try {
    original._onpacket.call(this, packet);
  } catch (error) {
    answerError(
      gatewayOf(this),
      this,
      undefined,
      Array.isArray(packet.data) ? ackOf(packet.data) : undefined,
      error,
    );
  }
};

function guardListener(socket: Socket, event: string, listener: Callback): Callback {
  // Node finds a wrapped listener by this property, in `off` and in `listeners`.
  return Object.assign(guardCallback(socket, `a listener of '${event}' failed`, listener), { listener });
}

function guardCallback(socket: Socket, what: string, callback: Callback): Callback {
  const { report } = gatewayOf(socket);
  return function (...args) {
    guarded(what, report, () => callback.apply(this, args));
  };
}
