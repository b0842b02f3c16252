import type { ActionProxyOptions, SocketEventOptions, ValidationOptions } from '../types';
import { compileArguments } from './compile-arguments';
import { compileEventGuard } from './compile-guards';
import { compileHooks, declaredHooks } from './compile-hooks';
import type { EventFact, MemberDeclaration } from './inherit-facts';
import type { EventPlan, GuardPlan, HandlerPlan, ProxyPlan } from './plan';
import type { Problems } from './problems';

/** Socket.IO keeps these for itself: a client that sends one is disconnected. */
const RESERVED_EVENTS = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);
const PROXY_OPTIONS = [
  'whitelist',
  'blacklist',
  'aliases',
  'mappingPolicy',
  'callOptions',
  'onBeforeCall',
  'onAfterCall',
] as const;

/** What the events of a gateway are compiled with. */
export interface EventsContext {
  readonly guard: GuardPlan | undefined;
  readonly validation: ValidationOptions;
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
): { handlers: HandlerPlan[]; events: EventPlan[] } {
  const handlers: HandlerPlan[] = [];
  const events = new Map<string, { plan: EventPlan; member: string }>();
  const hooks = declaredHooks(members);

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
    if (target.kind === 'handler') handlers.push(target);
    const guard = compileEventGuard(member.guards, context.guard, member.name, problems);
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
        plan: { name, target, guard, hooks: compileHooks(hooks, name, own) },
      });
    }
  }
  return { handlers, events: [...events.values()].map(({ plan }) => plan) };
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
  const options = Object.assign({}, ...facts.map((fact) => fact.options)) as SocketEventOptions &
    ActionProxyOptions;
  const misplaced = PROXY_OPTIONS.filter((option) => option in options);
  if (misplaced.length > 0) {
    problems.add(
      member.name,
      `${misplaced.join(', ')} work on a property of type ActionProxy only, not on a method; take them away`,
    );
  }
  const { payload, ...declared } = options;
  const shared = context.actions[member.name] as Record<string, unknown> | undefined;
  const { handler: _replaced, ...action } = {
    ...(shared ?? { visibility: 'private' }),
    ...declared,
  } as Record<string, unknown>;
  return {
    kind: 'handler',
    member: member.name,
    ...compileArguments(member, payload, context.validation, context.parameters, problems),
    action,
  };
}

function compileProxy(
  member: MemberDeclaration,
  facts: readonly EventFact[],
  problems: Problems,
): ProxyPlan | undefined {
  if (facts.some((fact) => fact.isStatic)) {
    problems.add(
      member.name,
      '@SocketEvent stands on a static property; gateways are instances, take static away',
    );
    return undefined;
  }
  const options = Object.assign({}, ...facts.map((fact) => fact.options)) as ActionProxyOptions &
    SocketEventOptions;
  if ('payload' in options)
    problems.add(member.name, 'payload works on methods only; the actions check their own params');
  if (options.whitelist === undefined && options.mappingPolicy !== 'restrict') {
    problems.add(
      member.name,
      "clients could call every action of the cluster; give it a whitelist: ['math.*'] or mappingPolicy: 'restrict' " +
        "with aliases, or say whitelist: ['**'] to open everything",
    );
  }
  if (options.mappingPolicy !== undefined && !['all', 'restrict'].includes(options.mappingPolicy)) {
    problems.add(
      member.name,
      `mappingPolicy must be 'all' or 'restrict', not '${String(options.mappingPolicy)}'`,
    );
  }
  return { kind: 'proxy', member: member.name, options };
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
  const [guard] = member.guards;
  if (guard) {
    const decorator = guard.kind === 'authorize' ? '@Authorize' : '@AllowAnonymous';
    problems.add(member.name, `${decorator} has no effect without @SocketEvent on the method; add it`);
  }
}
