import { RECEIVED_DATE } from '../schemas/dates';
import { intersect } from '../schemas/intersect';
import { orNull, unsaid, withNote, type JsonSchema } from '../schemas/json-schema';
import { resolveRule, type Rule } from './resolve-rule';
import { stringRule } from './string-rule';

/** Returns the schema of `params` as Moleculer's validator has them. */
export function paramsSchema(params: unknown): JsonSchema {
  if (typeof params !== 'object' || params === null)
    return unsaid('Its params are not those of Moleculer’s validator.');
  const isRoot = Array.isArray(params) || (params as { $$root?: unknown }).$$root === true;
  return new ParamsConverter().schema(
    isRoot ? params : { type: 'object', strict: strictOf(params), props: params },
  );
}

function strictOf(params: object): unknown {
  return (params as { $$strict?: unknown }).$$strict;
}

type Convert = (rule: Rule) => JsonSchema;

/** Converts the rules of one schema. */
class ParamsConverter {
  /** The rules that are being converted: a rule may contain itself. */
  private readonly open = new Set<unknown>();

  schema(given: unknown): JsonSchema {
    const rule = resolveRule(given);
    if (!rule) return unsaid('A rule that Moleculer’s validator does not have.');
    if (this.open.has(given)) return unsaid('A rule that contains itself.');
    if (typeof given === 'object') this.open.add(given);
    const schema = this.convert(rule);
    this.open.delete(given);
    const isCustom = typeof rule['custom'] === 'function' || Array.isArray(rule['custom']);
    const noted =
      isCustom && rule.type !== 'custom'
        ? withNote(schema, 'Checked by code of the application, too.')
        : schema;
    return acceptsNull(rule) ? orNull(noted) : noted;
  }

  private convert(rule: Rule): JsonSchema {
    const convert = Object.hasOwn(this.types, rule.type) ? this.types[rule.type] : undefined;
    return convert ? convert(rule) : unsaid(`Checked by '${rule.type}', a rule of the application.`);
  }

  private readonly types: Readonly<Record<string, Convert>> = {
    any: () => ({ not: { type: 'null' } }),
    array: (rule) => this.arrayRule(rule),
    boolean: () => ({ type: 'boolean' }),
    class: () => unsaid('An instance of a class, which JSON cannot carry.'),
    currency: () => withNote({ type: 'string' }, 'An amount of money.'),
    custom: () => unsaid('Checked by code of the application.'),
    date: (rule) => (rule['convert'] === true ? RECEIVED_DATE : unsaid('A Date, which JSON cannot carry.')),
    email: emailRule,
    enum: (rule) => ({ enum: sayable(rule['values']) }),
    equal: equalRule,
    forbidden: (rule) => (rule['remove'] ? {} : { type: 'null' }),
    function: () => unsaid('A function, which cannot be sent.'),
    luhn: () => withNote({ type: 'string' }, 'A number with a check digit (Luhn).'),
    mac: () => withNote({ type: 'string' }, 'A MAC address.'),
    multi: (rule) => this.multiRule(rule),
    number: numberRule,
    object: (rule) => this.objectRule(rule),
    objectID: () => withNote({ type: 'string' }, 'An ObjectID.'),
    record: (rule) => this.recordRule(rule),
    string: stringRule,
    tuple: (rule) => this.tupleRule(rule),
    url: () => ({ type: 'string', pattern: '^https?:\\/\\/\\S+' }),
    uuid: uuidRule,
  };

  private arrayRule(rule: Rule): JsonSchema {
    const { min, max, length, items } = rule;
    return intersect([
      { type: 'array' },
      ...(rule['empty'] === false ? [{ minItems: 1 }] : []),
      ...(typeof min === 'number' && min > 0 ? [{ minItems: Math.ceil(min) }] : []),
      ...(typeof max === 'number' ? [max >= 0 ? { maxItems: Math.floor(max) } : { not: {} }] : []),
      ...(typeof length === 'number' ? [{ minItems: length, maxItems: length }] : []),
      ...('contains' in rule ? [{ allOf: [{ contains: { enum: sayable([rule['contains']]) } }] }] : []),
      ...(rule['unique'] === true ? [{ uniqueItems: true }] : []),
      ...(Array.isArray(rule['enum']) ? [{ items: { enum: sayable(rule['enum']) } }] : []),
      ...(items === undefined || items === null ? [] : [{ items: this.schema(items) }]),
    ]);
  }

  private multiRule(rule: Rule): JsonSchema {
    const rules = rule['rules'] as readonly unknown[];
    // A value that is absent is decided by the list as a whole.
    return { anyOf: rules.map((one) => this.schema(withoutNull(one))) };
  }

  private objectRule(rule: Rule): JsonSchema {
    const { strict } = rule;
    const props = (rule['properties'] ?? rule['props']) as Record<string, unknown> | undefined;
    const counts = [
      ...(typeof rule['minProps'] === 'number' ? [{ minProperties: rule['minProps'] }] : []),
      ...(typeof rule['maxProps'] === 'number' ? [{ maxProperties: rule['maxProps'] }] : []),
    ];
    if (!props) return intersect([{ type: 'object' }, ...counts]);
    const names = Object.keys(props).filter((name) => !name.startsWith('$$'));
    const required = names.filter((name) => isRequired(resolveRule(props[name])));
    return intersect([
      {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, this.schema(props[name])])),
        ...(required.length > 0 && { required }),
        // With `remove`, what is counted is what is left.
        ...((strict === true || (strict === 'remove' && counts.length > 0)) && {
          additionalProperties: false,
        }),
      },
      ...counts,
    ]);
  }

  private recordRule(rule: Rule): JsonSchema {
    const { key, value } = rule;
    return {
      type: 'object',
      ...(key !== undefined && { propertyNames: this.schema(key) }),
      ...(value !== undefined && { additionalProperties: this.schema(value) }),
    };
  }

  private tupleRule(rule: Rule): JsonSchema {
    const { items } = rule;
    if (!Array.isArray(items)) return { type: 'array', ...(rule['empty'] === false && { minItems: 1 }) };
    return {
      type: 'array',
      items: items.map((item) => this.schema(item)),
      minItems: items.length,
      maxItems: items.length,
    };
  }
}

function hasDefault({ default: value }: Rule): boolean {
  return value !== undefined && value !== null;
}

function acceptsNull(rule: Rule): boolean {
  if (hasDefault(rule)) return rule['nullable'] === true;
  return rule['optional'] === true || rule['nullable'] === true;
}

function isRequired(rule: Rule | undefined): boolean {
  return rule !== undefined && rule['optional'] !== true && rule.type !== 'forbidden' && !hasDefault(rule);
}

function withoutNull(given: unknown): unknown {
  const rule = resolveRule(given);
  return rule && { ...rule, optional: false, nullable: false };
}

function numberRule(rule: Rule): JsonSchema {
  const { min, max, equal, notEqual } = rule;
  return intersect([
    { type: rule['integer'] === true ? 'integer' : 'number' },
    ...(typeof min === 'number' ? [{ minimum: min }] : []),
    ...(typeof max === 'number' ? [{ maximum: max }] : []),
    ...(typeof equal === 'number' ? [{ enum: [equal] }] : []),
    ...(typeof notEqual === 'number' ? [{ not: { enum: [notEqual] } }] : []),
    ...(rule['positive'] === true ? [{ exclusiveMinimum: 0 }] : []),
    ...(rule['negative'] === true ? [{ exclusiveMaximum: 0 }] : []),
  ]);
}

function emailRule(rule: Rule): JsonSchema {
  const { min, max } = rule;
  const text: JsonSchema = { type: 'string', format: 'email' };
  if (rule['mode'] === 'precise' || rule['normalize'] === true)
    return withNote(text, 'Checked by code, too.');
  return {
    ...text,
    pattern: '^\\S+@\\S+\\.\\S+$',
    ...(typeof min === 'number' && { minLength: min }),
    ...(typeof max === 'number' && { maxLength: max }),
  };
}

function equalRule(rule: Rule): JsonSchema {
  if (rule['field']) return unsaid(`Must be equal to '${textOf(rule['field'])}'.`);
  return { enum: sayable([rule['value']]) };
}

function uuidRule({ version }: Rule): JsonSchema {
  const wanted = Number.parseInt(String(version), 10);
  const group = wanted >= 1 && wanted < 9 ? String(wanted) : '[1-8]';
  const hex = '[0-9A-Fa-f]';
  const pattern = `^${hex}{8}-${hex}{4}-${group}${hex}{3}-[89ABab]${hex}{3}-${hex}{12}$`;
  return { type: 'string', format: 'uuid', pattern };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'another field';
}

/** Values that JSON can carry. Objects are compared by identity, so that no sent one is equal. */
function sayable(values: unknown): unknown[] {
  const list = Array.isArray(values) ? (values as unknown[]) : [];
  return list.filter((one) => ['string', 'boolean'].includes(typeof one) || Number.isFinite(one));
}
