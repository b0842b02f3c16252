import { ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import type {
  SocketContext,
  SocketEventDescription,
  SocketEventHandler,
  SocketMiddleware,
  SocketMiddlewareHooks,
} from '../../src';
import type { Equal, Expect } from './assert';

declare function use(...values: unknown[]): void;

/** All hooks, their parameters known without a word. */
export const all: SocketMiddleware = {
  async socketConnecting(socket) {
    use(socket.handshake.auth, socket.nsp.name);
  },
  socketConnected: (socket) => use(socket.id),
  socketDisconnected(socket, reason) {
    use(socket.id, reason.length);
  },
  localSocketEvent(next, event) {
    use(event.name.length, event.namespaces.length, event.service.io, event.answeredBy === 'proxy');
    if (event.action?.name === 'chat.send' || !event.action?.audit) return next;
    return async (ctx) => {
      ctx.params = { replaced: ctx.socket.id };
      return next(ctx);
    };
  },
};

/** It is a middleware of Moleculer's, and may have Moleculer's hooks. */
export const mixed: SocketMiddleware = {
  name: 'mixed',
  serviceCreated: () => undefined,
  socketConnected: () => undefined,
};
export const make = () => new ServiceBroker({ middlewares: [all, mixed] });

export type ItKnows = [
  Expect<Equal<Parameters<SocketEventHandler>, [ctx: SocketContext]>>,
  Expect<Equal<SocketEventDescription['answeredBy'], 'handler' | 'proxy' | 'action' | 'function'>>,
  Expect<Equal<Parameters<NonNullable<SocketMiddlewareHooks['socketConnecting']>>, [socket: Socket]>>,
];

// @ts-expect-error -- there is no such hook
export const misspelt: SocketMiddlewareHooks = { socketConected: () => undefined };
export const wrongSocket: SocketMiddleware = {
  // @ts-expect-error -- it is given a socket
  socketConnecting: (socket: string) => use(socket),
};
export const wrongReason: SocketMiddleware = {
  // @ts-expect-error -- the reason is a string
  socketDisconnected: (_socket: Socket, reason: number) => use(reason),
};
export const noHandler: SocketMiddleware = {
  // @ts-expect-error -- it must give a handler
  localSocketEvent: () => undefined,
};
export const noPromise: SocketMiddleware = {
  // @ts-expect-error -- a handler gives a promise
  localSocketEvent: () => () => 'at once',
};
export const notFrozen: SocketMiddleware = {
  localSocketEvent(next, event) {
    // @ts-expect-error -- the description is frozen
    event.name = 'other';
    // @ts-expect-error -- so are its namespaces
    event.namespaces.push('/y');
    return next;
  },
};
