import * as classValidator from 'class-validator';

const BUILT_IN: ReadonlySet<unknown> = new Set(
  Object.values(classValidator as Record<string, unknown>).filter((name) => typeof name === 'string'),
);

/** Returns true if class-validator has a constraint of this name itself. */
export function isBuiltIn(name: string): boolean {
  return BUILT_IN.has(name);
}
