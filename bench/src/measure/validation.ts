import type { ServerSpec } from '../servers/server-spec';
import { interleave, type Rounds } from './interleave';

/** CPU of validating one valid payload, in microseconds. */
export interface ValidationSample {
  readonly cpu: number;
}

/** Measures validation alone. */
export function measureValidation(
  specs: ReadonlyMap<string, ServerSpec>,
  rounds: Rounds,
  count: number,
): Promise<Map<string, ValidationSample[]>> {
  return interleave(specs, rounds, {
    async warmUp(server) {
      await server.ask('check', count * 2);
    },
    async measure(server) {
      await server.ask('gc');
      await server.ask('check', count / 4);
      return { cpu: (await server.ask<number>('check', count)) / count };
    },
  });
}
