import type { Context } from 'moleculer';
import type { Socket } from 'socket.io';
import type { SocketContext } from '../../src';
import type { Equal, Expect } from './assert';

interface Message {
  text: string;
}

interface Meta {
  ip: string;
}

declare function use(...values: unknown[]): void;
declare const ctx: SocketContext<Message, Meta>;
declare const plain: SocketContext;

export type ItKnows = [
  Expect<Equal<typeof ctx.params, Message>>,
  Expect<Equal<typeof ctx.params.text, string>>,
  Expect<Equal<typeof ctx.meta.ip, string>>,
  Expect<Equal<typeof ctx.meta.$socketId, string | undefined>>,
  Expect<Equal<typeof ctx.meta.$rooms, string[] | undefined>>,
  Expect<Equal<typeof ctx.meta.$join, string | string[] | undefined>>,
  Expect<Equal<typeof ctx.namespace, string>>,
  Expect<Equal<typeof ctx.args, readonly unknown[]>>,
  Expect<Equal<typeof ctx.socket, Socket>>,
  Expect<Equal<(typeof ctx.nspParams)[string], string>>,
  // Whoever does not say what the client sends gets no `any`.
  Expect<Equal<typeof plain.params, unknown>>,
  Expect<Equal<typeof plain.meta.user, unknown>>,
];

/** It is a context of Moleculer, for helpers that take one. */
export const context: Context = ctx;
export const typed: Context<Message> = ctx;
export const withMeta: Context<Message, Meta> = ctx;
export const open: SocketContext = ctx;

/** Moleculer has an `event` too, which is why this one is a string and more. */
export const event: string = ctx.event;
export const isMessage: boolean = ctx.event === 'message';

export async function calls(): Promise<number> {
  await ctx.emit('said', { text: ctx.params.text });
  await ctx.broadcast('said');
  ctx.meta.user = { id: 1 };
  ctx.meta.user = null;
  ctx.meta.$join = 'lobby';
  ctx.meta.$leave = ['a', 'b'];
  ctx.meta.ip = '::1';
  ctx.socket.to('lobby').emit('message', ctx.args[0]);
  return ctx.call<number, { a: number }>('math.add', { a: 1 }, { timeout: 5 });
}

export function misuse(): void {
  // @ts-expect-error -- the params have no such property
  use(ctx.params.txt);
  // @ts-expect-error -- nobody said what the params are
  use(plain.params.text);
  // @ts-expect-error -- the meta has no such property
  use(ctx.meta.port);
  // @ts-expect-error -- the meta's ip is a string
  ctx.meta.ip = 7;
  // @ts-expect-error -- rooms are strings
  ctx.meta.$join = 7;
  // @ts-expect-error -- the socket is the one that sent the event
  ctx.socket = ctx.socket;
  // @ts-expect-error -- the arguments are those that the client sent
  ctx.args = [];
  // @ts-expect-error -- so are the parameters of the namespace
  ctx.nspParams['tenantId'] = 'other';
  // @ts-expect-error -- the params are of another type
  const other: Context<{ id: number }> = ctx;
  use(other);
  // @ts-expect-error -- a context of Moleculer has no socket
  const back: SocketContext = context;
  use(back);
}
