import { bytesOf, sizeText } from './bytes';

const MAX_LENGTH = 160;
const MAX_MEMBERS = 6;
const MAX_DEPTH = 3;

/** Returns values in one short line, whatever their size. */
export function previewOf(values: readonly unknown[]): string {
  return shorten(values.map((value) => preview(value, 0)).join(', '));
}

function preview(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value !== 'object' || value === null) return String(value);
  const bytes = bytesOf(value);
  if (bytes) return `‹${sizeText(bytes.length)} binary›`;
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) return `[${value.length}]`;
    const shown = value.slice(0, MAX_MEMBERS).map((one) => preview(one, depth + 1));
    return `[${[...shown, ...(value.length > MAX_MEMBERS ? [`… ${value.length} in all`] : [])].join(', ')}]`;
  }
  const entries = Object.entries(value);
  if (depth >= MAX_DEPTH) return entries.length > 0 ? '{…}' : '{}';
  const shown = entries.slice(0, MAX_MEMBERS).map(([name, one]) => `${name}: ${preview(one, depth + 1)}`);
  if (entries.length > MAX_MEMBERS) shown.push('…');
  return shown.length > 0 ? `{ ${shown.join(', ')} }` : '{}';
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
