import type { Settings } from '../arguments';
import { driveEvents } from '../load/drive-events';
import { ServerProcess } from '../load/server-process';
import { closeAll, connectAll } from '../measure/events';
import { withBuilds, type Group, type Variant } from '../variants';
import { compareProfiles, profileWhile, type Profile } from './compare-profiles';

/** Profiles the servers of a group, and prints what each spends beyond the first. */
export async function profileGroup(group: Group, { events, builds }: Settings): Promise<void> {
  const count = events.measured * 8;
  const variants = withBuilds(group.variants, builds).filter(({ name }) => name !== 'control');
  const [base, ...others] = variants as [Variant, ...Variant[]];
  const floor = await profileVariant(group, base, count);
  for (const other of others) {
    const profile = await profileVariant(group, other, count);
    console.log(compareProfiles(group.title, 'event', floor, profile, other.title));
  }
}

async function profileVariant(
  group: Group,
  { spec, ack = 'error-first' }: Variant,
  count: number,
): Promise<Profile> {
  const server = await ServerProcess.start(spec);
  const clients = await connectAll(server);
  await driveEvents(clients, group.load, ack, count / 2);
  const profile = await profileWhile([server], count, () => driveEvents(clients, group.load, ack, count));
  await server.stop();
  await closeAll(clients);
  return profile;
}
