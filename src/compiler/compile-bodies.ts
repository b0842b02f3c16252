import { parameterTypes } from '../metadata/storage';
import type { BodyPlan, HandlerPlan } from '../plan/plan';
import type { PayloadType, ValidationOptions } from '../types';
import type { BodyCheck } from '../plan/body-check';
import { compileBody } from '../validation/compile-body';
import type { MemberDeclaration } from './inherit-facts';
import { isInformative, lostType } from './lost-type';
import type { Problems } from './problems';
import { readBodyOptions, type BodyOptions } from './read-body-options';

/** The options of an event that describe its first argument. */
export interface DescribedByEvent {
  /** Present if the option is, even if its value got lost. */
  readonly payload?: unknown;
  /** The rules of Moleculer's validator. */
  readonly params: unknown;
  readonly validation: ValidationOptions;
}

/** The arguments of an event, as far as they are described. */
export type BodiesPlan = Pick<HandlerPlan, 'bodies' | 'unchecked'>;

/** Describes the argument of one parameter. */
type Description =
  | { readonly kind: 'type'; readonly type: unknown; readonly optional: boolean }
  | { readonly kind: 'params' | 'unchecked' }
  | { readonly kind: 'lost'; readonly why: string };

interface DescribedParameter {
  /** The position of the parameter, from 1. */
  readonly parameter: number;
  readonly description: Description;
}

/** Compiles the checks of all arguments that a handler takes. An argument that nothing describes is a problem. */
export function compileBodies(
  member: MemberDeclaration,
  event: DescribedByEvent,
  problems: Problems,
): BodiesPlan {
  const report = (what: string): void => {
    problems.add(member.name, what);
  };
  const bodies: BodyPlan[] = [];
  const unchecked: number[] = [];
  const described = describeArguments(member, event, report);
  if ('payload' in event && !described.has(0)) {
    described.set(0, [{ parameter: 0, description: { kind: 'type', type: event.payload, optional: false } }]);
  }
  for (const [index, parameters] of [...described].sort(([one], [other]) => one - other)) {
    const description = agree(parameters, report);
    if (description?.kind === 'unchecked') unchecked.push(index);
    if (description?.kind !== 'type') continue;
    const check = compileBody(description.type as PayloadType, event.validation, report);
    if (!check) continue;
    const { optional } = description;
    bodies.push({
      index,
      optional,
      type: description.type as PayloadType,
      check: optional ? unlessAbsent(check) : check,
    });
  }
  return { bodies, unchecked };
}

/** Returns the descriptions of the parameters, by argument. Parameters with problems of their own are left out. */
function describeArguments(
  member: MemberDeclaration,
  event: DescribedByEvent,
  report: (what: string) => void,
): Map<number, DescribedParameter[]> {
  const emitted = member.argumentsOwner && parameterTypes(member.argumentsOwner, member.name);
  const described = new Map<number, DescribedParameter[]>();
  for (const fact of [...member.arguments].sort((one, other) => one.index - other.index)) {
    if (fact.source.from !== 'body') continue;
    const { index } = fact.source;
    const options = readBodyOptions(fact.source, report);
    if (!options) continue;
    const slot = { parameter: fact.index, body: index };
    const description = describe(slot, options, index === 0 ? event : undefined, emitted, report);
    if (!description) continue;
    described.set(index, [...(described.get(index) ?? []), { parameter: fact.index + 1, description }]);
  }
  return described;
}

/** @param event undefined for arguments that are not the first */
function describe(
  slot: { readonly parameter: number; readonly body: number },
  options: BodyOptions,
  event: DescribedByEvent | undefined,
  emitted: readonly unknown[] | undefined,
  report: (what: string) => void,
): Description | undefined {
  const { optional, unchecked } = options;
  if (event && 'payload' in event) {
    if ('type' in options || unchecked) {
      report(
        `@MessageBody({ ${unchecked ? 'unchecked' : 'type'} }) and the option payload of @SocketEvent contradict each ` +
          'other; take one of them away',
      );
      return undefined;
    }
    return { kind: 'type', type: event.payload, optional };
  }
  if ('type' in options) return { kind: 'type', type: options.type, optional };
  const rules = event && saysSomething(event.params);
  if (unchecked) return { kind: rules ? 'params' : 'unchecked' };
  const type = emitted?.[slot.parameter];
  if (isInformative(type)) return { kind: 'type', type, optional };
  const gotLost = emitted !== undefined && type === undefined;
  if (rules && !gotLost) return { kind: 'params' };
  return { kind: 'lost', why: lostType(emitted, slot.parameter, slot.body) };
}

// Several parameters may take the same argument: it is described if one of them says what it is.
function agree(
  parameters: readonly DescribedParameter[],
  report: (what: string) => void,
): Description | undefined {
  const said = parameters.filter(({ description }) => description.kind !== 'lost');
  const [first, ...others] = said.filter(({ description }) => description.kind !== 'params');
  if (said.length === 0) {
    for (const { description } of parameters) if (description.kind === 'lost') report(description.why);
  }
  for (const other of first ? others : []) {
    if (first && !isSame(first.description, other.description)) {
      report(
        `parameters ${first.parameter} and ${other.parameter} take the same argument and describe it differently; ` +
          'describe it once, or in the same way',
      );
    }
  }
  return first?.description;
}

function isSame(one: Description, other: Description): boolean {
  if (one.kind !== 'type' || other.kind !== 'type') return one.kind === other.kind;
  return one.type === other.type && one.optional === other.optional;
}

/** Rules of Moleculer's validator, of which an empty object lets everything pass. */
function saysSomething(params: unknown): boolean {
  return typeof params === 'object' && params !== null && Object.keys(params).length > 0;
}

function unlessAbsent(check: BodyCheck): BodyCheck {
  return (value, work) => (value === undefined || value === null ? value : check(value, work));
}
