import { recordClass, recordMember } from '../metadata/storage';
import type { AuthorizeRule, GatewayShape } from '../types';

/** Stands on a class, or on an event. */
export interface AuthorizeDecorator {
  (target: abstract new (...args: never[]) => GatewayShape): void;
  (target: GatewayShape, member: string | symbol, descriptor?: PropertyDescriptor): void;
}

/**
 * Lets only some users in: on a class, at the connection and at every event; on an event, at that event.
 * Without a user the answer is 401, with a user who may not, 403.
 *
 * @param rules none: any user. Strings are roles, found in `user.roles` or `user.role`, one of which suffices.
 *   Functions are policies `(ctx) => boolean | Promise<boolean>`, each of which must hold. Several decorators must all hold.
 *   At the connection `ctx.event` is undefined and `ctx.params` is `{}`.
 * @example
 * @Authorize('admin', 'editor')
 * @SocketEvent()
 * publish(@MessageBody() article: Article) { … }
 */
export function Authorize(...rules: AuthorizeRule[]): AuthorizeDecorator {
  return (target: object, member?: string | symbol) => {
    if (member === undefined) recordClass(target as { prototype: unknown }, { kind: 'authorize', rules });
    else recordMember(target, { kind: 'authorize', member: String(member), rules });
  };
}
