import { MAX_NAME_LENGTH } from '../plan/names';
import type { ValidationOptions } from '../types';
import { checkCache, dependenciesOf } from './check-cache';
import { compileArguments } from './compile-arguments';
import { compileEventGuard } from './compile-guards';
import { compileDescription } from './compile-description';
import { compileHooks, declaredHooks } from './compile-hooks';
import type { EventFact, MemberDeclaration } from './inherit-facts';
import { MANAGEMENT_ACTIONS } from '../plan/management-actions';
import { compileProxy } from './compile-proxy';
import { compileRateLimits } from './compile-rate-limits';
import { compileReturns } from './compile-sent-types';
import { compileHandlerStreams, isAsyncGenerator } from './compile-streams';
import type { EventPlan, GuardPlan, HandlerPlan, HooksPlan, RateLimitPlan } from '../plan/plan';
import type { Problems } from './problems';
import { readEventOptions } from './read-event-options';
import { RESERVED_EVENTS, STREAM_PREFIX } from '../plan/reserved-events';

/** The context in which the events of a gateway are compiled. */
export interface EventsContext {
  readonly guard: GuardPlan | undefined;
  /** Those of the class, whose points all events share. */
  readonly rateLimits: readonly RateLimitPlan[];
  readonly validation: ValidationOptions;
  /** The setting `$cache`: how actions are cached that do not say it. */
  readonly cache: unknown;
  /** The parameters of the gateway's dynamic namespaces. */
  readonly parameters: ReadonlySet<string>;
  /** The options of `@Action` of moleculer-decorators, by method. */
  readonly actions: Readonly<Record<string, unknown>>;
}

/** Compiles every member that stands under `@SocketEvent`. */
export function compileEvents(
  members: readonly MemberDeclaration[],
  context: EventsContext,
  problems: Problems,
): { handlers: HandlerPlan[]; events: EventPlan[]; hooksOf: (event: string) => HooksPlan } {
  const handlers: HandlerPlan[] = [];
  const events = new Map<string, { plan: EventPlan; member: string }>();
  const hooks = declaredHooks(members, problems);

  for (const member of members) {
    const facts = member.roles.filter((fact) => fact.kind === 'event');
    const [first] = facts;
    if (!first) {
      checkNoEvent(member, problems);
      continue;
    }
    const target =
      first.on === 'property'
        ? compileProxy(member, facts, problems)
        : compileHandler(member, facts, context, problems);
    if (!target) continue;
    const described = compileDescription(target.kind === 'proxy' ? target.options : target.action, (what) => {
      problems.add(member.name, what);
    });
    if (target.kind === 'handler') handlers.push(target);
    const guard = compileEventGuard(member.guards, context.guard, member.name, problems);
    const rateLimits = [
      ...context.rateLimits,
      ...compileRateLimits(member.rateLimits, member.name, problems),
    ];
    for (const name of facts.flatMap((fact) => namesOf(fact, problems))) {
      const taken = events.get(name);
      if (taken) {
        const where = taken.member === member.name ? 'this member' : `'${taken.member}'`;
        problems.add(
          member.name,
          `the event '${name}' is already handled by ${where}; give one of them another name`,
        );
        continue;
      }
      const own = target.kind === 'proxy' ? target.options : undefined;
      events.set(name, {
        member: member.name,
        plan: { name, target, guard, rateLimits, hooks: compileHooks(hooks, name, own), ...described },
      });
    }
  }
  return {
    handlers,
    events: [...events.values()].map(({ plan }) => plan),
    hooksOf: (event) => compileHooks(hooks, event),
  };
}

function compileHandler(
  member: MemberDeclaration,
  facts: readonly EventFact[],
  context: EventsContext,
  problems: Problems,
): HandlerPlan | undefined {
  if (facts.some((fact) => fact.isStatic)) {
    problems.add(
      member.name,
      '@SocketEvent stands on a static method; gateways are instances, take static away',
    );
    return undefined;
  }
  if (!member.method) {
    problems.add(
      member.name,
      '@SocketEvent stands on an accessor, or a subclass replaced the method by a property; write a method',
    );
    return undefined;
  }
  const named = facts.some((fact) => fact.names !== undefined);
  if (
    (MANAGEMENT_ACTIONS as readonly string[]).includes(member.name) &&
    (named || !RESERVED_EVENTS.has(member.name))
  ) {
    problems.add(
      member.name,
      `every gateway has an action '${member.name}' of its own; give the method another name` +
        (named ? '' : `, and the event this one: @SocketEvent('${member.name}')`),
    );
  }
  const report = (what: string): void => {
    problems.add(member.name, what);
  };
  const options = readEventOptions(facts, 'method', report);
  if ('socket' in options) {
    report(
      "socket is for actions of other services; the method answers its event as it is, or several: @SocketEvent(['a', 'b'])",
    );
  }
  if ('name' in options) report('the action is called like its method; take the option name away');
  if ('handler' in options) report('the handler is the method; take the option handler away');
  // Moleculer publishes what an action carries: schemas stay here.
  const { payload, returns: _returns, stream, ...declared } = options;
  const shared = context.actions[member.name] as Record<string, unknown> | undefined;
  const { handler: _replaced, ...action } = {
    ...(shared ?? { visibility: 'private' }),
    ...declared,
  } as Record<string, unknown>;
  const event = {
    ...('payload' in options && { payload }),
    params: action['params'],
    validation: context.validation,
  };
  const dependencies = dependenciesOf(member);
  checkCache(action['cache'], context.cache, dependencies, report);
  return {
    kind: 'handler',
    member: member.name,
    dependencies,
    ...compileArguments(member, event, context.parameters, problems),
    streams: compileHandlerStreams(member, stream, action, report),
    generates: isAsyncGenerator(member),
    returns: compileReturns(options, report),
    action,
  };
}

function namesOf(fact: EventFact, problems: Problems): string[] {
  const names = fact.names ?? [fact.member];
  if (names.length === 0) problems.add(fact.member, '@SocketEvent([]) names no event; write at least one');
  return names.filter((name): name is string => {
    if (typeof name !== 'string' || name === '') {
      problems.add(
        fact.member,
        `the name of an event must be a string that is not empty, not ${name === '' ? "''" : typeof name}`,
      );
      return false;
    }
    if (name.length > MAX_NAME_LENGTH) {
      problems.add(
        fact.member,
        `the name of its event has ${name.length} characters; write at most ${MAX_NAME_LENGTH}`,
      );
      return false;
    }
    if (name.startsWith(STREAM_PREFIX)) {
      problems.add(
        fact.member,
        `'${name}' begins like the packets of streams, '${STREAM_PREFIX}'; give the event another name`,
      );
      return false;
    }
    if (RESERVED_EVENTS.has(name)) {
      problems.add(
        fact.member,
        `'${name}' is an event of Socket.IO's own that no client can send; for sockets that come and go there are ` +
          '@OnConnect, @OnDisconnecting and @OnDisconnect',
      );
      return false;
    }
    return true;
  });
}

/** Parameters and guards do nothing on a method that answers no event. */
function checkNoEvent(member: MemberDeclaration, problems: Problems): void {
  const [argument] = member.arguments;
  if (argument)
    problems.add(
      member.name,
      `${argument.decorator} has no effect without @SocketEvent on the method; add it`,
    );
  if (member.rateLimits.length > 0)
    problems.add(member.name, '@RateLimit has no effect without @SocketEvent on the method; add it');
  const [guard] = member.guards;
  if (guard) {
    const decorator = guard.kind === 'authorize' ? '@Authorize' : '@AllowAnonymous';
    problems.add(member.name, `${decorator} has no effect without @SocketEvent on the method; add it`);
  }
}
