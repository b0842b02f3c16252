import type { Context, Service, ServiceSchema } from 'moleculer';
import { Errors, type SocketMeta } from 'moleculer-socket-gateway';

export interface User {
  id: string;
}

/** An order as the shop keeps it. */
export interface Order {
  id: number;
  userID: string;
  item: string;
  status: 'placed' | 'packed' | 'sent';
  /** What is left for the shop. Nobody's business. */
  margin: number;
}

/** The page shows these words beside the field. */
const ITEM = {
  type: 'string',
  min: 1,
  max: 40,
  messages: {
    string: 'An item is a text.',
    stringMin: 'Please say what you would like.',
    stringMax: 'That is too long: an item has at most 40 characters.',
  },
};

const NEXT = { placed: 'packed', packed: 'sent', sent: undefined } as const;

/** Keeps orders, and tells the cluster what happens to them. It knows nothing of browsers, and may run on any node. */
export function orders(warehouseTakes: number): ServiceSchema {
  const all = new Map<number, Order>();
  const timers = new Set<NodeJS.Timeout>();

  return {
    name: 'orders',
    actions: {
      list: {
        handler: (ctx: Context<object, SocketMeta>) =>
          [...all.values()]
            .filter(({ userID }) => userID === userOf(ctx).id)
            .map(({ margin: _, ...order }) => order),
      },
      place: {
        params: { item: ITEM },
        async handler(this: Service, ctx: Context<{ item: string }, SocketMeta>) {
          const order: Order = {
            id: all.size + 1,
            userID: userOf(ctx).id,
            item: ctx.params.item,
            status: 'placed',
            margin: 7,
          };
          all.set(order.id, order);
          await ctx.emit('order.updated', order);
          (this as unknown as Warehouse).work(order);
          return { id: order.id };
        },
      },
    },
    methods: {
      /** The warehouse does its part, step by step. */
      work(this: Service, order: Order) {
        const status = NEXT[order.status];
        if (!status) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          order.status = status;
          void this.broker.emit('order.updated', order);
          (this as unknown as Warehouse).work(order);
        }, warehouseTakes);
        timers.add(timer);
      },
    },
    stopped() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

interface Warehouse {
  work(order: Order): void;
}

function userOf({ meta }: Context<unknown, SocketMeta>): User {
  if (!meta.user) throw new Errors.UnAuthorizedError();
  return meta.user as User;
}
