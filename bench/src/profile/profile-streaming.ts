import { ServerProcess } from '../load/server-process';
import { StreamClient } from '../load/stream-client';
import { CHUNK_BYTES } from '../payloads';
import type { Variant } from '../variants';
import { compareProfiles, profileWhile, type Profile } from './compare-profiles';

const MEGABYTE = 1024 * 1024;

/** Profiles a stream, and prints what each variant spends beyond the first. */
export async function profileStreaming(
  title: string,
  variants: readonly Variant[],
  direction: 'upload' | 'download',
  chunks: number,
): Promise<void> {
  const [base, ...others] = variants as [Variant, ...Variant[]];
  const floor = await profileVariant(base, direction, chunks);
  for (const other of others) {
    const profile = await profileVariant(other, direction, chunks);
    console.log(compareProfiles(title, 'megabyte', floor, profile, other.title));
  }
}

async function profileVariant(
  { spec }: Variant,
  direction: 'upload' | 'download',
  chunks: number,
): Promise<Profile> {
  const server = await ServerProcess.start(spec);
  const client = await StreamClient.connect(server.port);
  await client[direction](Math.ceil(chunks / 2));
  const megabytes = (chunks * CHUNK_BYTES) / MEGABYTE;
  const profile = await profileWhile([server], megabytes, () => client[direction](chunks));
  await server.stop();
  return profile;
}
