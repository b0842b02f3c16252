import { ServerProcess } from '../load/server-process';
import type { ServerSpec } from '../servers/server-spec';

/** How often things are measured. */
export interface Rounds {
  /** How many processes of each variant, one after the other: what a process happens to be like evens out. */
  readonly lives: number;
  /** Rounds in each of those lives. */
  readonly rounds: number;
}

/** How one variant is measured. */
export interface Procedure<Sample> {
  /** Called once for every process: brings it to the state in which it is measured. */
  warmUp(server: ServerProcess, variant: string): Promise<void>;
  /** One short measurement. */
  measure(server: ServerProcess, variant: string): Promise<Sample>;
}

/**
 * Measures variants in turn, each in a process of its own; in every round each of them once, in an order that changes.
 * What disturbs the machine then disturbs all of them, and what is compared was measured within a few seconds.
 *
 * @returns of every variant the samples, in the order of the rounds: equal positions are pairs
 */
export async function interleave<Sample>(
  specs: ReadonlyMap<string, ServerSpec>,
  { lives, rounds }: Rounds,
  { warmUp, measure }: Procedure<Sample>,
): Promise<Map<string, Sample[]>> {
  const names = [...specs.keys()];
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let life = 0; life < lives; life++) {
    const servers = new Map<string, ServerProcess>();
    try {
      for (const name of rotated(names, life)) {
        const server = await ServerProcess.start(specs.get(name) as ServerSpec);
        servers.set(name, server);
        await warmUp(server, name);
        server.pause();
      }
      for (let round = 0; round < rounds; round++) {
        for (const name of rotated(names, life * rounds + round)) {
          const server = servers.get(name) as ServerProcess;
          server.resume();
          samples.get(name)?.push(await measure(server, name));
          server.pause();
        }
      }
    } finally {
      for (const server of servers.values()) await server.stop();
    }
  }
  return samples;
}

/** Begins with another one each time, and goes backwards every other time. */
function rotated(names: readonly string[], by: number): string[] {
  const start = by % names.length;
  const turned = [...names.slice(start), ...names.slice(0, start)];
  return by % 2 === 0 ? turned : turned.reverse();
}
