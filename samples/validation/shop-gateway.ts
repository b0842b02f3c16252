import type { z } from 'zod';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { Item, Order, Search } from './order';

const PRODUCTS = ['green tea', 'black tea', 'teapot'];

/** Handlers only ever see what has been checked; for everything else the client gets a `ValidationError` 422. */
@SocketNamespace('/')
export class ShopGateway extends SocketGateway {
  /** The class of the parameter says it all. */
  @SocketEvent()
  order(@MessageBody() order: Order) {
    const count = order.items.reduce((sum, item) => sum + item.count, 0);
    return { count, to: order.address?.street ?? 'the counter' };
  }

  /** At run time, `Item[]` is an `Array` and no more: the option says of what. */
  @SocketEvent('basket', { payload: [Item] })
  basket(@MessageBody() items: Item[]) {
    return items.map(({ product, count }) => `${count} × ${product}`);
  }

  /** The handler gets what the schema makes of the payload, with its defaults. */
  @SocketEvent('search', { payload: Search })
  search(@MessageBody() { text, page }: z.infer<typeof Search>) {
    return { page, found: PRODUCTS.filter((product) => product.includes(text)) };
  }

  /** Moleculer's own validator works as well, and its errors look the same. */
  @SocketEvent('rate', {
    params: { product: { type: 'enum', values: PRODUCTS }, stars: { type: 'number', max: 5 } },
  })
  rate(@MessageBody() { product, stars }: { product: string; stars: number }) {
    return `${product}: ${'★'.repeat(stars)}`;
  }
}
