import { intersect } from '../schemas/intersect';
import { withNote, type JsonSchema } from '../schemas/json-schema';
import { literalPattern, patternOf } from '../schemas/regex-pattern';
import type { Rule } from './resolve-rule';

const SANITIZERS = [
  'trim',
  'trimLeft',
  'trimRight',
  'padStart',
  'padEnd',
  'lowercase',
  'uppercase',
  'localeLowercase',
  'localeUppercase',
];

const PATTERNS: Readonly<Record<string, string>> = {
  numeric: '^-?[0-9]+(\\.[0-9]+)?$',
  alpha: '^[a-zA-Z]+$',
  alphanum: '^[a-zA-Z0-9]+$',
  alphadash: '^[a-zA-Z0-9_-]+$',
  hex: '^([0-9a-fA-F]{2})+$',
  singleLine: '^[^\\n]*$',
  base64: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
};

/** Returns the schema of a rule of the type `string`. */
export function stringRule(rule: Rule): JsonSchema {
  const text: JsonSchema = { type: 'string' };
  const parts = partsOf(rule);
  if (parts.length === 0) return text;
  const sanitizers = SANITIZERS.filter((name) => rule[name] !== undefined && rule[name] !== false);
  if (sanitizers.length > 0) return withNote(text, `Checked after ${sanitizers.join(', ')}: ${shown(rule)}.`);
  return intersect([text, ...parts]);
}

function partsOf(rule: Rule): JsonSchema[] {
  const { empty, min, max, length, pattern, contains } = rule;
  return [
    ...(empty === false ? [{ minLength: 1 }] : []),
    ...(typeof min === 'number' && min > 0 ? [{ minLength: Math.ceil(min) }] : []),
    ...(typeof max === 'number' ? [atMost(max)] : []),
    ...(typeof length === 'number' ? [{ minLength: length }, atMost(length)] : []),
    ...(pattern === undefined || pattern === null ? [] : [matching(pattern, rule['patternFlags'])]),
    ...(typeof contains === 'string' ? [{ pattern: literalPattern(contains) }] : []),
    ...(Array.isArray(rule['enum']) ? [{ enum: rule['enum'].filter((one) => typeof one === 'string') }] : []),
    ...Object.entries(PATTERNS).flatMap(([name, one]) => (rule[name] === true ? [{ pattern: one }] : [])),
  ];
}

function atMost(length: number): JsonSchema {
  return length >= 0 ? { maxLength: Math.floor(length) } : { not: {} };
}

function matching(pattern: unknown, flags: unknown): JsonSchema {
  const expression = toExpression(pattern, flags);
  const said = expression && patternOf(expression);
  return said === undefined
    ? {
        description: expression
          ? `Must match ${String(expression)}.`
          : 'Must match a pattern that is not known here.',
      }
    : { pattern: said };
}

function toExpression(pattern: unknown, flags: unknown): RegExp | undefined {
  if (pattern instanceof RegExp) return pattern;
  // Another node tells of a regular expression as an empty object.
  if (typeof pattern !== 'string') return undefined;
  try {
    return new RegExp(pattern, typeof flags === 'string' ? flags : '');
  } catch {
    return undefined;
  }
}

/** Shows the options that say what is checked, as a person writes them. */
function shown(rule: Rule): string {
  const options = Object.entries(rule).filter(([name]) => name !== 'type' && !SANITIZERS.includes(name));
  return options.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}
