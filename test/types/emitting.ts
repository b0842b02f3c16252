import type { Context } from 'moleculer';
import type { Namespace, Server, Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  ForwardEvent,
  MessageBody,
  OnBeforeCall,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { ActionProxy, ForwardEventOptions, SocketContext } from '../../src';
import type { Equal, Expect } from './assert';

declare function use(...values: unknown[]): void;

/** What clients are sent. */
interface ToClient {
  message(text: string, at: number): void;
  people(names: string[]): void;
  bye(): void;
}
type ChatContext<Params = unknown> = SocketContext<Params, { ip: string }, ToClient>;

/** A gateway that says what its clients are sent. */
@SocketNamespace('/chat')
@Authorize((ctx: ChatContext) => ctx.meta.ip !== '')
export class ChatGateway extends SocketGateway<ToClient> {
  @Authenticate()
  authenticate(socket: Socket) {
    return socket.handshake.auth['user'] as unknown;
  }

  @OnConnect()
  welcome(socket: Socket<never, ToClient>) {
    socket.emit('people', []);
  }

  @OnBeforeCall()
  before(ctx: ChatContext) {
    ctx.socket.emit('bye');
  }

  @SocketEvent('call', { whitelist: ['math.*'] })
  call!: ActionProxy;

  @SocketEvent()
  send(@MessageBody() text: string, @Ctx() ctx: ChatContext<string>) {
    this.io.emit('message', text, 1);
    this.io.in('room').except('other').volatile.emit('people', ['Ada']);
    this.namespaces.get('/chat')?.local.emit('bye');
    ctx.socket.emit('message', text, 1);
    ctx.socket.to('room').volatile.emit('bye');
  }

  wrong(ctx: ChatContext): void {
    // @ts-expect-error -- there is no such event
    this.io.emit('massage', 'text', 1);
    // @ts-expect-error -- an argument is missing
    this.io.in('room').emit('message', 'text');
    // @ts-expect-error -- the second argument is a number
    this.namespaces.get('/chat')?.emit('message', 'text', 'now');
    // @ts-expect-error -- the names are strings
    ctx.socket.emit('people', [1]);
    // @ts-expect-error -- there are no arguments
    ctx.socket.to('room').emit('bye', 'now');
    // @ts-expect-error -- there is no such event
    ctx.socket.volatile.emit('other');
  }
}

/** One that does not say may send anything. */
export class OpenGateway extends SocketGateway {
  anything(ctx: SocketContext): void {
    this.io.emit('anything', 1, 'two');
    this.namespaces.get('/x')?.emit('anything', { deep: [1] });
    ctx.socket.emit('anything');
  }
}

export type ItKnows = [
  Expect<Equal<OpenGateway['io'], Server>>,
  Expect<Equal<SocketContext['socket'], Socket>>,
  Expect<Equal<OpenGateway['namespaces'], ReadonlyMap<string, Namespace>>>,
];

interface Order {
  id: number;
  userID: string;
}

/** Events of Moleculer's that are sent on. */
export class OrderGateway extends SocketGateway {
  @ForwardEvent<Order>(['order.updated', 'order.*'], {
    as: (ctx) => `order:${ctx.params.id}`,
    rooms: (ctx) => [`user:${ctx.params.userID}`],
    except: async (ctx) => ctx.call<string[]>('users.quiet'),
    namespace(ctx) {
      this.logger.info(ctx.eventName);
      return ['/x'];
    },
    payload: Date,
    volatile: true,
    group: 'browsers',
    params: { id: 'number' },
    strategy: 'Shard',
    strategyOptions: { shardKey: 'userID' },
    tracing: false,
    bulkhead: { enabled: true, concurrency: 3 },
  })
  updated(ctx: Context<Order>) {
    return ctx.params.id;
  }

  @ForwardEvent('order.paid', { rooms: (ctx) => `user:${String(ctx.params.whatever)}` })
  async paid() {
    return undefined;
  }

  @ForwardEvent('order.sent', { rooms: (ctx: Context<Order, { user: string }>) => ctx.meta.user })
  @SocketEvent('sent')
  sent(@MessageBody() order: Date, @Ctx() ctx: SocketContext) {
    return [order, ctx.event];
  }

  // @ts-expect-error -- which event?
  @ForwardEvent()
  noEvent() {
    return 1;
  }

  // @ts-expect-error -- a property gives nothing
  @ForwardEvent('a')
  property = 1;

  // @ts-expect-error -- a static method is not the service's
  @ForwardEvent('a')
  static fixed() {
    return 1;
  }
}

export class NoGateway {
  // @ts-expect-error -- the class is no gateway
  @ForwardEvent('a')
  updated() {
    return 1;
  }
}

// @ts-expect-error -- a room is a string
ForwardEvent('a', { rooms: 7 });
// @ts-expect-error -- so is what a function gives
ForwardEvent('a', { rooms: () => [7] });
// @ts-expect-error -- there is no such option
ForwardEvent('a', { room: 'b' });
// @ts-expect-error -- the name of an event is a string
ForwardEvent('a', { as: () => undefined });
// @ts-expect-error -- the order has no such property
ForwardEvent<Order>('a', { rooms: (ctx) => ctx.params.user });
// @ts-expect-error -- a payload is a class
ForwardEvent('a', { payload: 'Order' });
// @ts-expect-error -- an event is a string
ForwardEvent(/order/);
export const options: ForwardEventOptions<Order> = { rooms: ({ params }) => params.userID };
use(options);
