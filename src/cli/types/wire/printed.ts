/** Text of a type, and how tightly it holds together. */
export interface Printed {
  readonly text: string;
  /** `single` needs parentheses nowhere, `union` and `function` do before `[]`. */
  readonly kind: 'single' | 'union' | 'function';
}

export function single(text: string): Printed {
  return { text, kind: 'single' };
}

/** Returns an array type of items of another. */
export function arrayOf(item: Printed, isReadonly = false): Printed {
  const text = `${item.kind === 'single' ? item.text : `(${item.text})`}[]`;
  // `readonly` needs parentheses before another `[]`, as a union does.
  return isReadonly ? { text: `readonly ${text}`, kind: 'union' } : single(text);
}

/** Returns the union of types, each once. The order is that of the text, for TypeScript's own varies from run to run. */
export function unionOf(parts: readonly Printed[]): Printed {
  const each = new Map(parts.map((part) => [part.text, part]));
  if (each.has('any')) return single('any');
  if (each.has('unknown')) return single('unknown');
  if (each.size > 1) each.delete('never');
  if (each.has('true') && each.has('false')) {
    each.delete('true');
    each.delete('false');
    each.set('boolean', single('boolean'));
  }
  for (const text of each.keys()) if (isPartOf(each, text)) each.delete(text);
  const [first, ...others] = [...each.values()].sort(
    (one, other) => rankOf(one.text) - rankOf(other.text) || compare(one.text, other.text),
  );
  if (!first) return single('never');
  if (others.length === 0) return first;
  const texts = [first, ...others].map(({ text, kind }) => (kind === 'function' ? `(${text})` : text));
  return { text: texts.join(' | '), kind: 'union' };
}

// A literal adds nothing to the primitive that it is of.
function isPartOf(union: ReadonlyMap<string, Printed>, text: string): boolean {
  if (/^['`]/.test(text)) return union.has('string');
  return /^[\d-]/.test(text) ? union.has('number') : false;
}

/** Literals first, null and undefined last. */
function rankOf(text: string): number {
  if (text === 'undefined') return 4;
  if (text === 'null') return 3;
  return /^['`\d-]/.test(text) ? (text.startsWith("'") ? 0 : 1) : 2;
}

function compare(one: string, other: string): number {
  const [left, right] = [Number(one), Number(other)];
  if (left !== right && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Returns text as a literal of TypeScript. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** Returns the name of a property as it is written in a type. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : quote(name);
}

/** Returns the members in braces: in one line if they are short and have no comments. */
export function inBraces(members: readonly string[]): string {
  if (members.length === 0) return '{}';
  const line = `{ ${members.join('; ')} }`;
  return line.length <= MAX_LINE && !line.includes('\n') ? line : inLines(members);
}

const MAX_LINE = 80;

/** Returns the members in braces, each in lines of its own. */
export function inLines(members: readonly string[]): string {
  if (members.length === 0) return '{}';
  return `{\n${members.map((member) => `${indent(member)};\n`).join('')}}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
