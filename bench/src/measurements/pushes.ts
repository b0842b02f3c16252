import { measurePushing } from '../measure/pushing';
import { profilePushing } from '../profile/profile-pushing';
import { toTable } from '../results';
import { withBuilds, type Variant } from '../variants';
import { fewer, floor, gateway, specs, titles, variant, type Measurement } from './measurement';

export const BROADCAST = pushing('broadcast', 'A broadcast to 1,000 clients', [
  floor('push', 'io.emit'),
  gateway('push', 'the action broadcast'),
]);

export const FORWARD = pushing('forward', 'A Moleculer event to 1,000 clients', [
  floor('push', 'a Moleculer event, and io.emit'),
  gateway('forward', '@ForwardEvent'),
]);

/** What the cluster costs where there is none. */
export const ALONE = pushing(
  'alone',
  'A broadcast to 1,000 clients, with a transporter and no other node',
  [
    gateway('push', 'without a transporter'),
    variant('gateway', 'push', 'without a transporter, once more', 'control'),
    gateway('push-alone', 'with a transporter, and no other node'),
  ],
  'broadcast',
);

function pushing(name: string, title: string, variants: readonly Variant[], command = name): Measurement {
  return {
    name,
    async run({ rounds, pushes, builds }) {
      const own = withBuilds(variants, builds);
      const samples = await measurePushing(specs(own), command, fewer(rounds), pushes);
      return [toTable({ name, title, unit: 'µs CPU per message' }, titles(own), samples, ({ cpu }) => cpu)];
    },
    profile: ({ pushes, builds }) =>
      profilePushing(title, withBuilds(variants, builds), command, pushes * 10),
  };
}
