import { connectMany } from '../load/connect-many';
import { ServerProcess } from '../load/server-process';
import { closeAll } from '../measure/events';
import { AUDIENCE, receivedByAll } from '../measure/pushing';
import type { Variant } from '../variants';
import { compareProfiles, profileWhile, type Profile } from './compare-profiles';

/** Profiles messages to all clients, and prints what each variant spends beyond the first. */
export async function profilePushing(
  title: string,
  variants: readonly Variant[],
  command: string,
  count: number,
): Promise<void> {
  const [base, ...others] = variants.filter(({ name }) => name !== 'control') as [Variant, ...Variant[]];
  const floor = await profileVariant(base, command, count);
  for (const other of others) {
    const profile = await profileVariant(other, command, count);
    console.log(compareProfiles(title, 'message', floor, profile, other.title));
  }
}

async function profileVariant({ spec }: Variant, command: string, count: number): Promise<Profile> {
  const server = await ServerProcess.start(spec);
  const clients = await connectMany(server.port, AUDIENCE);
  const push = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      const received = receivedByAll(clients);
      await server.ask(command);
      await received;
    }
  };
  await push(Math.ceil(count / 4));
  const profile = await profileWhile([server], count, () => push(count));
  await server.stop();
  await closeAll(clients);
  return profile;
}
