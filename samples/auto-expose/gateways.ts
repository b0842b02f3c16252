import type { Socket } from 'socket.io';
import {
  type ActionProxy,
  Authenticate,
  Authorize,
  Errors,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';
import type { Person } from './services';

/** In place of accounts. */
const tokens = new Map<unknown, Person>([
  ['ada-token', { id: 'ada', roles: [] }],
  ['cleo-token', { id: 'cleo', roles: ['clerk'] }],
]);

function personOf({ handshake }: Socket): Person | undefined {
  const token: unknown = handshake.auth['token'];
  if (token !== undefined && !tokens.has(token)) throw new Errors.UnAuthorizedError();
  return tokens.get(token);
}

/** Serves what the services of the shop ask for; a new action needs no change here. */
@SocketNamespace('/shop', { autoExpose: ['stock.*', 'orders.*'] })
export class ShopGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return personOf(socket);
  }

  /** Several calls in one packet: `emit('ask', { stock: { action: 'stock.list' }, … }, ack)`. */
  @SocketEvent({ whitelist: ['stock.list'], multi: true })
  ask!: ActionProxy;
}

/** Only clerks get in, whatever an action asks for. */
@SocketNamespace('/counter', { autoExpose: true })
@Authorize('clerk')
export class CounterGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return personOf(socket);
  }
}
