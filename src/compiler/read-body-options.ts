import type { ArgumentSource } from '../metadata/facts';
import { BODY_OPTIONS } from './known-options';
import { didYouMean } from './similar-names';

/** The options of `@MessageBody`, completed. */
export interface BodyOptions {
  /** Present if the option is, even if its value got lost. */
  readonly type?: unknown;
  readonly optional: boolean;
  readonly unchecked: boolean;
}

/**
 * Reads the options of `@MessageBody`.
 *
 * @returns undefined if they are wrong, which is reported
 */
export function readBodyOptions(
  { index, options = {} }: Extract<ArgumentSource, { from: 'body' }>,
  report: (what: string) => void,
): BodyOptions | undefined {
  let isRight = true;
  const refuse = (what: string): void => {
    report(what);
    isRight = false;
  };
  if (!(Number.isInteger(index) && index >= 0)) {
    const shown = typeof index === 'function' ? (index as { name: string }).name : String(index);
    refuse(
      `@MessageBody(${shown}) must name an argument by its position: 0 is the first` +
        (typeof index === 'function' ? `; the type is an option: @MessageBody({ type: ${shown} })` : ''),
    );
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(`the options of @MessageBody must be an object: @MessageBody(${String(index)}, { type: Number })`);
    return undefined;
  }
  for (const name of Object.keys(options).filter((one) => !BODY_OPTIONS.includes(one))) {
    refuse(
      `@MessageBody has no option '${name}'` +
        (didYouMean(name, BODY_OPTIONS) || `; it has ${BODY_OPTIONS.join(', ')}`),
    );
  }
  for (const flag of ['optional', 'unchecked'] as const) {
    const value: unknown = options[flag];
    if (value !== undefined && typeof value !== 'boolean')
      refuse(`${flag} of @MessageBody must be true or false`);
  }
  const { optional = false, unchecked = false } = options;
  if (unchecked && 'type' in options) {
    refuse('@MessageBody cannot have a type and be unchecked; take one of them away');
  }
  return isRight ? { ...('type' in options && { type: options.type }), optional, unchecked } : undefined;
}
