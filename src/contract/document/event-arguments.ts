import type { HandlerPlan, ProxyPlan } from '../../plan/plan';
import { paramsSchema } from '../params/params-schema';
import { intersect } from '../schemas/intersect';
import { orNull, unsaid, withNote, type JsonSchema } from '../schemas/json-schema';
import { schemaOf } from '../schemas/payload-schema';
import type { SchemaContext } from '../schemas/schema-context';

/** An argument of an event. */
export interface Argument {
  readonly schema: JsonSchema;
  readonly isOptional: boolean;
}

const UNCHECKED: Argument = {
  schema: unsaid('Not checked: the gateway takes it as it comes.'),
  isOptional: true,
};
const REMOTE = 'As its node tells it: checks by code are not in it.';
const UNUSED: Argument = { schema: unsaid('Not used.'), isOptional: true };

/** Returns the arguments that a handler takes. */
export function argumentsOfHandler(target: HandlerPlan, event: string, context: SchemaContext): Argument[] {
  const { bodies, unchecked, action, dependencies } = target;
  const found = new Map<number, Argument>(unchecked.map((index) => [index, UNCHECKED]));
  for (const { index, type, optional } of bodies) {
    const schema = schemaOf(type, context, `${event}.${index}`);
    found.set(index, { schema: optional ? orNull(schema) : schema, isOptional: optional });
  }
  const params = hasParams(action['params']) ? argumentOfParams(action['params']) : undefined;
  const first = found.get(0);
  if (params) found.set(0, first && first !== UNCHECKED ? both(first, params) : params);
  else if (found.size === 0 && dependencies.some((one) => one === 'ctx' || one.startsWith('@Ctx')))
    found.set(0, UNCHECKED);
  return Array.from({ length: Math.max(-1, ...found.keys()) + 1 }, (_, index) => found.get(index) ?? UNUSED);
}

/** Returns the arguments of an event that an action answers by itself. */
export function argumentsOfAction(params: unknown, isRemote = false): Argument[] {
  if (!hasParams(params)) return [UNCHECKED];
  const argument = argumentOfParams(params);
  return [isRemote ? { ...argument, schema: withNote(argument.schema, REMOTE) } : argument];
}

function both(one: Argument, other: Argument): Argument {
  return { schema: intersect([one.schema, other.schema]), isOptional: one.isOptional && other.isOptional };
}

// The params are `{}` where a client sends no argument.
function argumentOfParams(params: unknown): Argument {
  const schema = paramsSchema(params);
  return {
    schema,
    isOptional: schema.type === 'object' && !schema.required?.length && !schema.minProperties,
  };
}

function hasParams(params: unknown): boolean {
  return typeof params === 'object' && params !== null && Object.keys(params).length > 0;
}

const WILD = /[*?]/;

/** Returns the arguments of a proxy: the name of an action and its params, or several calls. */
export function argumentsOfProxy({ options, aliases, aliasesOnly, blacklist, multi }: ProxyPlan): Argument[] {
  const listed = (options.whitelist ?? []).map((pattern) =>
    typeof pattern === 'string' ? pattern : undefined,
  );
  const exact = listed.filter((pattern): pattern is string => pattern !== undefined && !WILD.test(pattern));
  const names = [...new Set([...aliases.keys(), ...(aliasesOnly ? [] : exact)])];
  const areAllNamed = (aliasesOnly || exact.length === listed.length) && (options.whitelist ?? aliasesOnly);
  const action: JsonSchema =
    areAllNamed && !blacklist && names.length > 0
      ? { type: 'string', enum: names }
      : { type: 'string', minLength: 1, maxLength: MAX_NAME, ...noteOn(names, listed) };
  const call: Argument[] = [
    { schema: { ...action, title: 'action' }, isOptional: false },
    { schema: unsaid('The params of the action.'), isOptional: true },
  ];
  if (!multi) return call;
  const one: JsonSchema = {
    type: 'object',
    properties: { action, params: unsaid('The params of the action.') },
    required: ['action'],
  };
  const several: JsonSchema = {
    anyOf: [
      { type: 'array', items: one },
      { type: 'object', additionalProperties: one },
    ],
  };
  return [
    { schema: { anyOf: [action, several] }, isOptional: false },
    { schema: unsaid('The params of the action; of several calls, `{ settled }`.'), isOptional: true },
  ];
}

/** Longer names are answered 404. */
const MAX_NAME = 256;

function noteOn(names: readonly string[], patterns: readonly (string | undefined)[]): JsonSchema {
  const wild = patterns.filter((pattern): pattern is string => pattern !== undefined && WILD.test(pattern));
  const shown = [...names, ...wild].map((one) => `\`${one}\``).join(', ');
  return {
    description:
      shown === '' ? 'The name of an action that clients may call.' : `The name of an action: ${shown}.`,
  };
}
