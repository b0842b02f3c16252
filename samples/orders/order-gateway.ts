import { IsIn, IsInt, IsString } from 'class-validator';
import type { Context } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  type ActionProxy,
  Authenticate,
  Authorize,
  ForwardEvent,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';
import type { Order, User } from './orders';

/** What a page is shown of an order, and nothing else. */
class ShownOrder {
  @IsInt()
  id!: number;

  @IsString()
  item!: string;

  @IsIn(['placed', 'packed', 'sent'])
  status!: string;
}

@SocketNamespace('/orders')
@Authorize()
export class OrderGateway extends SocketGateway {
  /** Who says who he is, is believed: see the sample `login` for how to know better. */
  @Authenticate({ room: ({ id }: User) => `user:${id}` })
  authenticate(socket: Socket): User | undefined {
    const { user } = socket.handshake.auth as { user?: unknown };
    return typeof user === 'string' && /^\w{1,20}$/.test(user) ? { id: user } : undefined;
  }

  @SocketEvent('call', { whitelist: ['orders.list', 'orders.place'] })
  call!: ActionProxy;

  /** All pages of the one who ordered hear of it, whichever node they are connected to. */
  @ForwardEvent<Order>('order.updated', {
    rooms: (ctx) => `user:${ctx.params.userID}`,
    payload: ShownOrder,
  })
  updated(ctx: Context<Order>) {
    return ctx.params;
  }
}
