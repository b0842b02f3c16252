import { ServerProcess } from '../load/server-process';
import type { ServerSpec } from '../servers/server-spec';
import { inTurn } from './in-turn';

/** What the start of a service gave, from its creation until it listens, in milliseconds. */
export interface StartedSample {
  readonly cpu: number;
  readonly time: number;
}

/** Measures the start of services; every sample is a process of its own. */
export function measureStarting(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
): Promise<Map<string, StartedSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    const sample = await server.ask<StartedSample>('started');
    await server.stop();
    return sample;
  });
}
