import type { Context, Service } from 'moleculer';
import type { SocketContext, ValidationOptions } from '../types';
import { compileBody } from '../validation/compile-body';
import { methodPlan } from './compile-methods';
import { servesName } from '../plan/paths';
import { isPattern, mayOverlap } from './event-patterns';
import { differences, FORWARD_OPTIONS, subscriptionOf } from './forward-options';
import type { MemberDeclaration, RoleFact } from './inherit-facts';
import type { ChoicePlan, ForwardPlan, HandlerPlan, MethodPlan, PathPlan } from '../plan/plan';
import type { Problems } from './problems';
import { didYouMean } from './similar-names';
import { RESERVED_EVENTS } from '../plan/reserved-events';
import { actionHandler } from './service/service-schema';

type ForwardFact = Extract<RoleFact, { kind: 'forward' }>;
type Report = (what: string) => void;

/** The context in which forwards are compiled. */
export interface ForwardsContext {
  readonly handlers: readonly HandlerPlan[];
  readonly paths: readonly PathPlan[];
  readonly validation: ValidationOptions;
}

/** Compiles every method that stands under `@ForwardEvent`: a plan for each event of each decorator. */
export function compileForwards(
  members: readonly MemberDeclaration[],
  context: ForwardsContext,
  problems: Problems,
): ForwardPlan[] {
  const forwards = members.flatMap((member) =>
    member.roles
      .filter((fact) => fact.kind === 'forward')
      .flatMap((fact) => compileForward(member, fact, context, problems)),
  );
  checkSubscriptions(forwards, problems);
  return forwards;
}

function compileForward(
  member: MemberDeclaration,
  fact: ForwardFact,
  context: ForwardsContext,
  problems: Problems,
): ForwardPlan[] {
  const report: Report = (what) => {
    problems.add(member.name, what);
  };
  const method = methodPlan(member, fact.decorator, problems);
  const given = fact.options as unknown;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    report(
      "the options of @ForwardEvent must be an object: @ForwardEvent('order.updated', { rooms: 'orders' })",
    );
    return [];
  }
  const options = given as Record<string, unknown>;
  checkNames(options, report);
  const { volatile = false } = options;
  if (typeof volatile !== 'boolean') report('volatile must be true or false');
  const { group } = options;
  if (group !== undefined && (typeof group !== 'string' || group === ''))
    report("group must be the name of a group of nodes: { group: 'browsers' }");
  const invoke = method && invokerOf(method, context.handlers);
  const plan = {
    member: member.name,
    as: nameOption(options['as'], report),
    rooms: listOption('rooms', options, report),
    except: listOption('except', options, report),
    namespaces: namespaceOption(options, context.paths, report),
    volatile: volatile === true,
    payload: options['payload'] as ForwardPlan['payload'],
    check:
      'payload' in options ? compileBody(options['payload'] as never, context.validation, report) : undefined,
    subscription: subscriptionOf(options),
  };
  if (fact.events.length === 0) report('@ForwardEvent([]) names no event; write at least one');
  return fact.events
    .filter((event) => checkEvent(event, plan.as, report))
    .flatMap((event) => (invoke ? { ...plan, event, invoke } : []));
}

// A method that also answers clients gets its declared parameters, a checked payload among them; any other gets `(ctx)`.
function invokerOf({ name, call }: MethodPlan, handlers: readonly HandlerPlan[]): ForwardPlan['invoke'] {
  const handler = handlers.find(({ member }) => member === name);
  if (!handler)
    return (service, ctx) => (call as (this: Service, ctx: Context) => unknown).call(service, ctx);
  const invoke = actionHandler(handler);
  return (service, ctx) => invoke.call(service, ctx as SocketContext);
}

function checkEvent(event: unknown, as: ForwardPlan['as'], report: Report): event is string {
  if (typeof event !== 'string' || event === '') {
    report(
      "@ForwardEvent takes the names of Moleculer's events and patterns, 'order.*', not " +
        (event === '' ? "''" : typeof event),
    );
    return false;
  }
  if (as === undefined && !isPattern(event)) checkReserved(event, report);
  return true;
}

function checkReserved(name: string, report: Report): void {
  if (RESERVED_EVENTS.has(name))
    report(
      `'${name}' is an event of Socket.IO's own that nobody can send; send it as another: { as: 'user.${name}' }`,
    );
}

/** Refuses unknown options: a misspelt `rooms` would send to all clients. */
function checkNames(options: Readonly<Record<string, unknown>>, report: Report): void {
  for (const name of Object.keys(options)) {
    if (!(FORWARD_OPTIONS as readonly string[]).includes(name))
      report(
        `@ForwardEvent has no option '${name}'` +
          (didYouMean(name, FORWARD_OPTIONS) || `; it has ${FORWARD_OPTIONS.join(', ')}`),
      );
  }
}

function nameOption(as: unknown, report: Report): ForwardPlan['as'] {
  if (as === undefined || typeof as === 'function') return as as ForwardPlan['as'];
  if (typeof as !== 'string' || as === '') {
    report(
      "as must be the name of an event, or a function of ctx: { as: (ctx) => 'order.' + ctx.params.status }",
    );
    return undefined;
  }
  checkReserved(as, report);
  return as;
}

function listOption(
  option: 'rooms' | 'except' | 'namespace',
  options: Readonly<Record<string, unknown>>,
  report: Report,
): ChoicePlan<readonly string[]> | undefined {
  const given = options[option];
  // Rooms that are undefined by mistake must not mean everybody.
  if (given === undefined && (option === 'except' || !(option in options))) return undefined;
  if (typeof given === 'function') return given as (ctx: Context) => unknown;
  const list: unknown[] = [given].flat();
  if (list.length > 0 && list.every((one): one is string => typeof one === 'string' && one !== ''))
    return list;
  const example = option === 'namespace' ? "'/chat'" : "'orders'";
  report(
    `${option} must be a string that is not empty, a list of these, or a function of ctx: { ${option}: ${example} }` +
      (option === 'except' ? '' : '; leave it out to reach everybody'),
  );
  return [];
}

function namespaceOption(
  options: Readonly<Record<string, unknown>>,
  paths: readonly PathPlan[],
  report: Report,
): ForwardPlan['namespaces'] {
  const namespaces = listOption('namespace', options, report);
  for (const name of typeof namespaces === 'function' ? [] : (namespaces ?? [])) {
    if (!paths.some((path) => servesName(path, name)))
      report(`'${name}' is none of the gateway's namespaces; name one of them, or leave namespace out`);
  }
  return namespaces;
}

/** Returns one subscription for each event. Patterns of one group must not overlap, or the group would take an event twice. */
function checkSubscriptions(forwards: readonly ForwardPlan[], problems: Problems): void {
  forwards.forEach((forward, at) => {
    for (const earlier of forwards.slice(0, at)) {
      if (earlier.event === forward.event) {
        for (const option of differences(earlier.subscription, forward.subscription)) {
          problems.add(
            forward.member,
            `the option ${option} of '${forward.event}' is another one on '${earlier.member}'; an event has one ` +
              'subscription, give it the same everywhere',
          );
        }
        continue;
      }
      const { group } = forward.subscription;
      if (typeof group !== 'string' || group !== earlier.subscription['group']) continue;
      if (mayOverlap(forward.event, earlier.event)) {
        problems.add(
          forward.member,
          `'${forward.event}' and '${earlier.event}' of '${earlier.member}' may be the same event, in the group ` +
            `'${group}': Moleculer would bring it twice; give them different groups, or none`,
        );
      }
    }
  });
}
