import { connectMany } from '../load/connect-many';
import { ServerProcess } from '../load/server-process';
import { CALLS_PER_SECOND, callInTurn } from '../measure/crowd';
import type { Variant } from '../variants';
import { compareProfiles, profileWhile, type Profile } from './compare-profiles';

const SECONDS = 10;

/** Profiles calls of one connection after the other, and prints what each variant spends beyond the first. */
export async function profileCrowd(
  title: string,
  variants: readonly Variant[],
  connections: number,
): Promise<void> {
  const [base, ...others] = variants.filter(({ name }) => name !== 'control') as [Variant, ...Variant[]];
  const floor = await profileVariant(base, connections);
  for (const other of others)
    console.log(compareProfiles(title, 'call', floor, await profileVariant(other, connections), other.title));
}

async function profileVariant({ spec }: Variant, connections: number): Promise<Profile> {
  const server = await ServerProcess.start(spec);
  const clients = await connectMany(server.port, connections);
  await callInTurn(clients, SECONDS / 2);
  const profile = await profileWhile([server], SECONDS * CALLS_PER_SECOND, () =>
    callInTurn(clients, SECONDS),
  );
  await server.stop();
  await Promise.all(clients.map((client) => client.untilClosed()));
  return profile;
}
