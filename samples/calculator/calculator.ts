import type { Context, ServiceSchema } from 'moleculer';
import { type ActionProxy, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';

interface Numbers {
  a: number;
  b: number;
}
const params = { a: 'number', b: 'number' };

/** A Moleculer service like any other: it knows nothing of sockets. */
export const math: ServiceSchema = {
  name: 'math',
  actions: {
    add: { params, handler: ({ params: { a, b } }: Context<Numbers>) => a + b },
    sub: { params, handler: ({ params: { a, b } }: Context<Numbers>) => a - b },
  },
};

/** A client calls actions: `socket.emit('call', 'math.add', { a: 25, b: 13 }, (error, sum) => …)`. */
@SocketNamespace('/')
export class CalculatorGateway extends SocketGateway {
  @SocketEvent({ whitelist: ['math.*'], aliases: { plus: 'math.add', minus: 'math.sub' } })
  call!: ActionProxy;
}
