/** A rule of Moleculer's validator, written out. */
export interface Rule {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * Writes out the short forms of a rule: `'string|min:3'`, `'number[]'`, `{ $$type: 'object', … }`, a list of alternatives.
 *
 * @returns undefined if it is no rule
 */
export function resolveRule(rule: unknown): Rule | undefined {
  if (typeof rule === 'string') return parseShorthand(rule);
  if (Array.isArray(rule)) return rule.length > 0 ? alternatives(rule) : undefined;
  if (typeof rule !== 'object' || rule === null) return undefined;
  const { $$type, ...rest } = rule as Record<string, unknown>;
  if ($$type === undefined) return typeof rest['type'] === 'string' ? (rest as Rule) : undefined;
  const shorthand = resolveRule($$type);
  return shorthand && { ...shorthand, props: rest };
}

function parseShorthand(text: string): Rule {
  const [first = '', ...options] = text.split('|').map((part) => part.trim());
  const rule: Record<string, unknown> & { type: string } = first.endsWith('[]')
    ? { type: 'array', items: first.slice(0, -2) }
    : { type: first };
  for (const option of options) {
    const at = option.indexOf(':');
    if (at !== -1) rule[option.slice(0, at).trim()] = parseValue(option.slice(at + 1).trim());
    else if (option.startsWith('no-')) rule[option.slice(3)] = false;
    else rule[option] = true;
  }
  return rule;
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function alternatives(rules: readonly unknown[]): Rule {
  const resolved = rules.map(resolveRule);
  const all = (flag: string): boolean => resolved.every((rule) => rule?.[flag] === true);
  return {
    type: 'multi',
    rules,
    ...(all('optional') && { optional: true }),
    ...(all('nullable') && { nullable: true }),
  };
}
