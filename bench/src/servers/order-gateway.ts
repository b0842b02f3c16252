import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from 'moleculer-socket-gateway';
import type { Socket } from 'socket.io';
import { NAMESPACE } from '../payloads';
import { Order } from './order';

/** A gateway with everything on: authentication, roles, validation and hooks. */
@SocketNamespace(NAMESPACE, { settings: { port: 0 } })
@Authorize('member')
export class OrderGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return this.broker.call('users.verify', {
      token: (socket.handshake.auth as { token?: unknown }).token,
    });
  }
  @OnBeforeCall()
  before(ctx: SocketContext<unknown, { channel?: string }>) {
    ctx.meta.channel = 'web';
  }
  @OnAfterCall()
  after() {
    // The result stays as it is.
  }
  @SocketEvent()
  order(@MessageBody() order: Order, @Ctx() ctx: SocketContext) {
    return ctx.call('orders.place', order);
  }
}
