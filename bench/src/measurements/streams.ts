import { measureStreaming } from '../measure/streaming';
import { profileStreaming } from '../profile/profile-streaming';
import { toTable } from '../results';
import { withBuilds, type Variant } from '../variants';
import { fewer, floor, gateway, specs, titles, variant, type Measurement } from './measurement';

const PLAIN_CHUNKS = floor('chunks', 'plain socket.io, chunks with acks, no stream');
const PLAIN_STREAM = variant(
  'plain',
  'streams-of-node',
  'plain socket.io, chunks with acks, a Readable',
  'plain-stream',
);
const UPLOADS = [PLAIN_CHUNKS, PLAIN_STREAM, gateway('streams-of-node', 'gateway, a Readable')];
const DOWNLOADS = [...UPLOADS, gateway('generator', 'gateway, an async generator')];

export const UPLOAD = streaming('upload', 'An upload', UPLOADS);
export const DOWNLOAD = streaming('download', 'A download', DOWNLOADS);

function streaming(
  direction: 'upload' | 'download',
  title: string,
  variants: readonly Variant[],
): Measurement {
  return {
    name: direction,
    async run({ rounds, chunks, builds }) {
      const own = withBuilds(variants, builds);
      const samples = await measureStreaming(specs(own), direction, fewer(rounds), chunks);
      const cpu = { name: direction, title: `${title}: CPU`, unit: 'µs CPU per megabyte' };
      const time = { name: `${direction}-time`, title: `${title}: throughput`, unit: 'ms per megabyte' };
      const megabytes = 'Per second: megabytes.';
      return [
        toTable({ ...cpu, note: megabytes }, titles(own), samples, (sample) => sample.cpu),
        toTable({ ...time, note: megabytes }, titles(own), samples, ({ throughput }) => 1000 / throughput),
      ];
    },
    profile: ({ chunks, builds }) =>
      profileStreaming(title, withBuilds(variants, builds), direction, chunks * 4),
  };
}
