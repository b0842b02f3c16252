import { measureEvents } from '../measure/events';
import { profileGroup } from '../profile/profile-events';
import { toTable } from '../results';
import { GROUPS, withBuilds, type Group } from '../variants';
import { fewer, titles, type Measurement } from './measurement';

/** What an event costs the server, in many variants. */
export const EVENTS: readonly Measurement[] = GROUPS.map(ofGroup);

function ofGroup(group: Group): Measurement {
  const { name, title, daily = false, part = 1 } = group;
  return {
    name,
    daily,
    async run({ rounds, events, builds }) {
      const own = { ...group, variants: withBuilds(group.variants, builds) };
      const samples = await measureEvents(own, fewer(rounds, part), events);
      return [
        toTable({ name, title, unit: 'µs CPU per event' }, titles(own.variants), samples, ({ cpu }) => cpu),
      ];
    },
    profile: (settings) => profileGroup(group, settings),
  };
}
