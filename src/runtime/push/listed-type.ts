import type { HandlerPlan } from '../../plan/plan';
import type { ListedPayload, ListedType, PayloadType } from '../../types';
import { isSchema } from '../../validation/check-schema';

const PRIMITIVES = new Set<unknown>([String, Number, Boolean, BigInt, Symbol]);

/** Returns what a declared type is, as plain data. */
export function listedType(type: PayloadType): ListedType {
  if (Array.isArray(type))
    return { ...listedType((type as readonly PayloadType[])[0] as PayloadType), array: true };
  if (isSchema(type)) return { kind: 'schema', name: type['~standard'].vendor };
  const { name } = type as { readonly name: string };
  return PRIMITIVES.has(type) ? { kind: 'primitive', name: name.toLowerCase() } : { kind: 'class', name };
}

/** Returns what is checked of the arguments of a handler. */
export function listedPayload(bodies: HandlerPlan['bodies']): ListedPayload[] {
  return bodies.map(({ index, optional, type }) => ({
    index,
    ...listedType(type),
    ...(optional && { optional: true as const }),
  }));
}
