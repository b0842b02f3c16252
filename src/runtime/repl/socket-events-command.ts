import type { ListedEvent } from '../../types';
import { replCommand } from './repl-command';
import { findGateways } from './running-gateways';

/** `socket-events [gateway]` */
export const socketEventsCommand = replCommand(
  'socket-events [gateway]',
  'List the events that clients may send to a gateway, or to all gateways',
  async (broker, { gateway: name }) => {
    const lines: string[] = [];
    for (const gateway of findGateways(broker, name)) {
      const events = await broker.call<ListedEvent[], object>(`${gateway.name}.listEvents`, {});
      lines.push(`${gateway.name}: ${events.length} event${events.length === 1 ? '' : 's'}`);
      lines.push(...events.map((event) => `  ${describe(event)}`));
    }
    return lines;
  },
);

function describe({ event, namespaces, kind, action, calls, authorize }: ListedEvent): string {
  const parts = [`${namespaces.join(', ')} '${event}'`, action ?? kind];
  if (calls?.whitelist) parts.push(`calls ${calls.whitelist.join(', ')}`);
  if (authorize) parts.push(describeGuard(authorize));
  return parts.join('  ');
}

/** Returns who may send an event: any user, or those with one role of each list. */
function describeGuard({ roles, policies }: NonNullable<ListedEvent['authorize']>): string {
  const needed = roles.map((oneOf) => oneOf.join(' or '));
  if (policies > 0) needed.push(`${policies} polic${policies === 1 ? 'y' : 'ies'}`);
  return needed.length > 0 ? `needs ${needed.join(' and ')}` : 'needs a user';
}
