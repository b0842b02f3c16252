import type { Context, ServiceSchema } from 'moleculer';
import { Errors, type SocketMeta } from 'moleculer-socket-gateway';

/** Who is logged in, as the gateway knows it. */
export interface Person {
  id: string;
  roles: string[];
}

export interface Order {
  id: number;
  item: string;
  customer: string;
  sent: boolean;
}

const item = { type: 'string', min: 1, max: 24 };

/** Each action says itself which event it answers; where the gateway is, and how many there are, it does not know. */
export function stockService(): ServiceSchema {
  const items = new Map([
    ['tea', 2],
    ['cups', 1],
  ]);
  return {
    name: 'stock',
    actions: {
      list: {
        socket: 'stock.list',
        handler: () => Object.fromEntries(items),
      },

      /** Without `socket`: clients do not see it. */
      take: {
        params: { item },
        handler({ params }: Context<{ item: string }>) {
          const left = items.get(params.item) ?? 0;
          if (left === 0) throw new Errors.NotFoundError('SOLD_OUT', { item: params.item });
          items.set(params.item, left - 1);
        },
      },
    },
  };
}

/** The other service, on whichever node. */
export function orderService(): ServiceSchema {
  const orders: Order[] = [];
  return {
    name: 'orders',
    actions: {
      create: {
        socket: { event: 'order.create', authorize: true }, // any user
        params: { item },
        async handler(ctx: Context<{ item: string }, SocketMeta>) {
          await ctx.call('stock.take', ctx.params);
          const { id: customer } = ctx.meta.user as Person;
          const order = { id: orders.length + 1, item: ctx.params.item, customer, sent: false };
          orders.push(order);
          await ctx.call('shop.broadcast', { event: 'ordered', args: [order], rooms: 'clerks' });
          return order;
        },
      },

      list: {
        socket: [
          { event: 'order.list', authorize: 'clerk' },
          // Clerks look at the counter, too, which is another namespace.
          { event: 'open', namespace: '/counter' },
        ],
        handler: () => orders.filter(({ sent }) => !sent),
      },

      /** From now on this clerk is told of orders. */
      watch: {
        socket: { event: 'order.watch', namespace: '/shop', authorize: 'clerk' },
        handler({ meta }: Context<unknown, SocketMeta>) {
          meta.$join = 'clerks';
        },
      },

      send: {
        socket: { event: 'order.send', authorize: ['clerk', 'courier'] },
        params: { id: 'number' },
        handler({ params }: Context<{ id: number }>) {
          const order = orders.find(({ id, sent }) => id === params.id && !sent);
          if (!order) throw new Errors.NotFoundError('NO_SUCH_ORDER', { id: params.id });
          order.sent = true;
          return order;
        },
      },
    },
  };
}
