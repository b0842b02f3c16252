import type { Schema } from '../contract/schema';

/** Returns in a few words what a schema asks of a value. */
export function hintOf(schema: Schema): string {
  const { format, minLength, maxLength, minItems, maxItems, pattern, multipleOf } = schema;
  const least = schema.minimum ?? schema.exclusiveMinimum;
  const most = schema.maximum ?? schema.exclusiveMaximum;
  return [
    format,
    range(minLength, maxLength, 'character'),
    range(minItems, maxItems, 'item'),
    numbers(least, most, schema.exclusiveMinimum !== undefined, schema.exclusiveMaximum !== undefined),
    multipleOf !== undefined && multipleOf !== 1 ? `multiple of ${multipleOf}` : undefined,
    pattern !== undefined && pattern.length <= 30 ? pattern : undefined,
  ]
    .filter(Boolean)
    .join(', ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const count = (value: number): string => `${value} ${unit}${value === 1 ? '' : 's'}`;
  if (least !== undefined && most !== undefined)
    return least === most ? count(most) : `${least} to ${count(most)}`;
  if (most !== undefined) return `at most ${count(most)}`;
  return least !== undefined && least > 0 ? `at least ${count(least)}` : undefined;
}

function numbers(
  least: number | undefined,
  most: number | undefined,
  isAbove: boolean,
  isBelow: boolean,
): string | undefined {
  if (least !== undefined && most !== undefined && !isAbove && !isBelow) return `${least} to ${most}`;
  const from = least === undefined ? undefined : `${isAbove ? 'above' : 'from'} ${least}`;
  const to = most === undefined ? undefined : `${isBelow ? 'below' : 'up to'} ${most}`;
  return [from, to].filter(Boolean).join(' ') || undefined;
}
