import { hasPart, type SchemaParts } from './mixins';
import type { AuthenticationPlan, MethodPlan } from '../plan/plan';

/** The name that moleculer-io gives the method that turns a socket into a user. */
const NAME = 'socketAuthorize';

/** Returns the method `socketAuthorize` of a schema or one of its mixins. */
export function socketAuthorizeOf(schema: SchemaParts): AuthenticationPlan | undefined {
  const own = (schema.methods as Record<string, unknown> | undefined)?.[NAME];
  if (typeof own === 'function')
    return { method: { name: NAME, call: own as MethodPlan['call'] }, room: undefined, expiresAt: undefined };
  // If there are several, Moleculer decides which one is used.
  const call = function (this: unknown, socket: unknown): unknown {
    return (this as { [NAME](socket: unknown): unknown })[NAME](socket);
  };
  return hasPart(schema, 'methods', NAME)
    ? { method: { name: NAME, call }, room: undefined, expiresAt: undefined }
    : undefined;
}
