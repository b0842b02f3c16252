import type { Socket } from 'socket.io';
import { member, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(socket, next)`, for every socket that wants to enter the namespace, before authentication. It admits with `next()`, and
 * refuses with `next(error)`, a throw or a rejection.
 */
export function NamespaceMiddleware(
  ...applied: []
): GatewayMethodDecorator<(socket: Socket, next: (error?: Error) => void) => unknown> {
  return member('@NamespaceMiddleware()', applied, {
    kind: 'middleware',
    of: 'namespace',
    decorator: '@NamespaceMiddleware()',
  });
}
