import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(socket, next)`, for every socket that wants to enter the namespace, before authentication. It admits with `next()`, and
 * refuses with `next(error)`, a throw or a rejection.
 */
export function NamespaceMiddleware(): GatewayMethodDecorator<
  (socket: Socket, next: (error?: Error) => void) => unknown
> {
  return (target, member) => {
    recordMember(target, {
      kind: 'middleware',
      member: String(member),
      of: 'namespace',
      decorator: '@NamespaceMiddleware()',
    });
  };
}
