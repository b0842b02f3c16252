import { bytesOf } from '../timeline/bytes';

/** Values up to this length are written in one line. */
const MAX_LINE = 70;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Returns a value as source code of JavaScript. */
export function toSource(value: unknown, indent = ''): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const bytes = bytesOf(value);
  if (bytes) return `Uint8Array.from([${bytes.join(', ')}])`;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return wrap(
      '[',
      ']',
      value.map((one) => toSource(one, inner)),
      indent,
      '',
    );
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${IDENTIFIER.test(name) ? name : quote(name)}: ${toSource(one, inner)}`);
  return wrap('{', '}', members, indent, ' ');
}

function wrap(open: string, close: string, parts: readonly string[], indent: string, space: string): string {
  if (parts.length === 0) return open + close;
  const line = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (line.length <= MAX_LINE && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close}`;
}

function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
