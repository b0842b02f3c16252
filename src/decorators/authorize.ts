import { recordClass, recordMember } from '../metadata/storage';
import type { AuthorizeRule, GatewayShape } from '../types';
import { placeDecorator } from './place-decorator';

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
 * @typeParam User the user in `ctx.meta.user` of policies
 * @example
 * @Authorize('admin', 'editor')
 * @Authorize<Account>((ctx) => ctx.nspParams.tenantId === ctx.meta.user.tenantId)
 * @SocketEvent()
 * publish(@MessageBody() article: Article) { … }
 */
export function Authorize<User = unknown>(...rules: AuthorizeRule<User>[]): AuthorizeDecorator {
  const said = { kind: 'authorize', rules: rules as AuthorizeRule[] } as const;
  return placeDecorator('@Authorize()', ['class', 'member'], rules, (target, member) => {
    if (member === undefined) recordClass(target as { prototype: unknown }, said);
    else recordMember(target, member, said);
  });
}
