import type { Gateway, Presence } from './model';

/**
 * Returns the presence of a gateway.
 *
 * @throws Error if the gateway has none
 */
export function presenceOf({ plan, presence }: Gateway): Presence {
  if (presence) return presence;
  throw new Error(
    `${plan.className} has no presence; write the option: @SocketNamespace('/chat', { presence: {} })`,
  );
}
