import { bytesOf, fromHex, toHex } from '../timeline/bytes';

/** A text in a field for JSON that is no JSON yet. */
export class InvalidJson {
  constructor(
    readonly text: string,
    readonly message: string,
  ) {}
}

/** Returns a value as JSON. Binary data becomes `{ "$hex": "00ff" }`. */
export function toJsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, replaceSpecial, indent) ?? '';
}

/** Reads JSON, and `{ "$hex": "00ff" }` in it as binary data. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, reviveSpecial) as unknown;
  } catch (error) {
    return new InvalidJson(text, error instanceof Error ? error.message : 'It is no JSON.');
  }
}

/** Returns a value as the text of a field for JSON. */
export function jsonTextOf(value: unknown): string {
  if (value instanceof InvalidJson) return value.text;
  return value === undefined ? '' : toJsonText(value, 2);
}

/** Returns the first text in a value that is no JSON. */
export function findInvalid(value: unknown): InvalidJson | undefined {
  if (value instanceof InvalidJson) return value;
  if (typeof value !== 'object' || value === null || bytesOf(value)) return undefined;
  for (const inner of Object.values(value)) {
    const found = findInvalid(inner);
    if (found) return found;
  }
  return undefined;
}

function replaceSpecial(_key: string, value: unknown): unknown {
  if (value instanceof InvalidJson) return value.text;
  const bytes = bytesOf(value);
  return bytes ? { $hex: toHex(bytes) } : value;
}

function reviveSpecial(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $hex: hex, ...rest } = value as { $hex?: unknown };
  const isBytes = typeof hex === 'string' && Object.keys(rest).length === 0 && /^([\da-f]{2})*$/i.test(hex);
  return isBytes ? fromHex(hex) : value;
}
