import type { Settings } from '../arguments';
import type { Rounds } from '../measure/interleave';
import type { Table } from '../results';
import type { ServerSpec } from '../servers/server-spec';
import type { Variant } from '../variants';

/** Something that can be asked for with `--only`. */
export interface Measurement {
  readonly name: string;
  /** Measured in `--short` runs too. */
  readonly daily?: boolean;
  readonly run: (settings: Settings) => Table[] | Promise<Table[]>;
  /** What is profiled with `--profile`; undefined if it cannot be. */
  readonly profile?: (settings: Settings) => Promise<void>;
}

type Implementation = ServerSpec['implementation'];

/** Makes a variant. */
export const variant = (
  implementation: Implementation,
  shape: string,
  title: string,
  name = shape,
): Variant => ({
  name,
  title,
  spec: { implementation, shape },
});

export const floor = (shape: string, title: string): Variant => variant('plain', shape, title, 'floor');
export const gateway = (shape: string, title: string): Variant => variant('gateway', shape, title);

export function specs(variants: readonly Variant[]): Map<string, ServerSpec> {
  return new Map(variants.map(({ name, spec }) => [name, spec]));
}

export function titles(variants: readonly Variant[]): Map<string, string> {
  return new Map(variants.map(({ name, title }) => [name, title]));
}

/** Fewer rounds, for what differs little from one process to the next, or takes long. */
export function fewer({ lives, rounds }: Rounds, part = 0.5): Rounds {
  return { lives: Math.max(1, Math.round(lives * part)), rounds };
}
