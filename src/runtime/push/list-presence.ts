import { withSlash, servesName } from '../../plan/paths';
import type { PresenceQuery, PresentUser } from '../../types';
import type { Gateway } from '../model';
import { unknownNamespace } from './list-events';

/**
 * Returns the users in the rooms of gateways.
 *
 * @throws NotFoundError 404 if the gateways have no such namespace
 */
export function listPresence(
  gateways: readonly Gateway[],
  { namespace, room }: PresenceQuery,
): readonly PresentUser[] {
  const name = namespace === undefined ? undefined : withSlash(namespace);
  const owners = gateways.filter(
    ({ plan, namespaces }) =>
      name === undefined || namespaces.has(name) || plan.paths.some((path) => servesName(path, name)),
  );
  if (owners.length === 0) throw unknownNamespace(namespace);
  return owners.flatMap(({ presence }) => presence?.list(name, room) ?? []);
}
