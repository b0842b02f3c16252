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
export interface Procedure<Sample, Measured = ServerProcess> {
  /** Called once for every process: brings it to the state in which it is measured. */
  warmUp(server: Measured, variant: string): Promise<void>;
  /** One short measurement. */
  measure(server: Measured, variant: string): Promise<Sample>;
}

/** A process, or several that work together. */
interface Pausable {
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Starts what is measured. */
interface Starter<Spec, Measured> {
  start(spec: Spec): Promise<Measured>;
}

/**
 * Measures variants in turn, each in a process of its own; in every round each of them once, in an order that changes.
 * What disturbs the machine then disturbs all of them, and what is compared was measured within a few seconds.
 *
 * @returns of every variant the samples, in the order of the rounds: equal positions are pairs
 */
export function interleave<Sample>(
  specs: ReadonlyMap<string, ServerSpec>,
  rounds: Rounds,
  procedure: Procedure<Sample>,
): Promise<Map<string, Sample[]>>;
export function interleave<Sample, Spec, Measured extends Pausable>(
  specs: ReadonlyMap<string, Spec>,
  rounds: Rounds,
  procedure: Procedure<Sample, Measured>,
  starter: Starter<Spec, Measured>,
): Promise<Map<string, Sample[]>>;
export async function interleave<Sample>(
  specs: ReadonlyMap<string, unknown>,
  { lives, rounds }: Rounds,
  { warmUp, measure }: Procedure<Sample, Pausable>,
  starter: Starter<unknown, Pausable> = ServerProcess as Starter<unknown, Pausable>,
): Promise<Map<string, Sample[]>> {
  const names = [...specs.keys()];
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let life = 0; life < lives; life++) {
    const servers = new Map<string, Pausable>();
    try {
      for (const name of rotated(names, life)) {
        const server = await starter.start(specs.get(name));
        servers.set(name, server);
        await warmUp(server, name);
        server.pause();
      }
      for (let round = 0; round < rounds; round++) {
        for (const name of rotated(names, life * rounds + round)) {
          const server = servers.get(name) as Pausable;
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
