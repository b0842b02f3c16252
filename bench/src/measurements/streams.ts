import { measureStreaming } from '../measure/streaming';
import { profileStreaming } from '../profile/profile-streaming';
import { toTable } from '../results';
import { withBuilds } from '../variants';
import { fewer, floor, gateway, specs, titles, type Measurement } from './measurement';

const STREAMS = [floor('streams', 'plain socket.io, chunks with acks'), gateway('streams', 'a stream')];

export const UPLOAD = streaming('upload', 'An upload');
export const DOWNLOAD = streaming('download', 'A download');

function streaming(direction: 'upload' | 'download', title: string): Measurement {
  return {
    name: direction,
    async run({ rounds, chunks, builds }) {
      const own = withBuilds(STREAMS, builds);
      const samples = await measureStreaming(specs(own), direction, fewer(rounds), chunks);
      const head = {
        name: direction,
        title,
        unit: 'µs CPU per megabyte',
        note: 'Throughput is in megabytes per second.',
      };
      return [toTable(head, titles(own), samples, ({ cpu }) => cpu)];
    },
    profile: ({ chunks, builds }) =>
      profileStreaming(title, withBuilds(STREAMS, builds), direction, chunks * 4),
  };
}
