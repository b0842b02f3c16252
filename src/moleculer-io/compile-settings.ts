import type { Socket } from 'socket.io';
import { MAX_NAME_LENGTH } from '../plan/names';
import { MOLECULER_IO_WAYS } from './ways';
import type { ActionProxyOptions } from '../types';
import { namespacesOf, type NamespaceSettings, type SettingsSchema } from './namespaces';
import { compileAutoExpose } from '../compiler/compile-auto-expose';
import { compileHooks } from '../compiler/compile-hooks';
import { compileLimits } from '../compiler/compile-limits';
import { isListOfFunctions } from '../compiler/compile-methods';
import { compilePaths } from '../compiler/compile-paths';
import { withSlash } from '../plan/paths';
import { proxyPlan } from '../compiler/compile-proxy';
import { compileConnectionRate } from '../compiler/compile-rate-limits';
import { serverSettings } from '../plan/server-settings';
import { freezePlan } from '../compiler/freeze';
import type { EventPlan, GatewayPlan, MethodPlan, ServicePlan } from '../plan/plan';
import { Problems } from '../compiler/problems';
import { RESERVED_EVENTS } from '../plan/reserved-events';

/** Is told what is allowed, and hardly meant. */
export type Warn = (what: string) => void;

/**
 * Compiles moleculer-io's settings: a plan for each namespace, as a class would have.
 *
 * @throws DeclarationError with all mistakes of the settings
 */
export function compileSettings(schema: SettingsSchema, warn: Warn): GatewayPlan[] {
  const problems = new Problems(schema.name);
  const plans = Object.entries(namespacesOf(schema)).map(([name, item]) =>
    compileNamespace(schema, name, item, problems, warn),
  );
  problems.throwIfAny();
  return plans.map(freezePlan);
}

/**
 * Compiles one namespace that is registered while the service runs.
 *
 * @throws DeclarationError with all mistakes of the item
 */
export function compileOneNamespace(
  schema: SettingsSchema,
  name: string,
  item: NamespaceSettings,
  warn: Warn,
): GatewayPlan {
  const problems = new Problems(schema.name);
  const plan = compileNamespace(schema, name, item, problems, warn);
  problems.throwIfAny();
  return freezePlan(plan);
}

function compileNamespace(
  schema: SettingsSchema,
  name: string,
  given: unknown,
  problems: Problems,
  warn: Warn,
): GatewayPlan {
  const member = `settings.io.namespaces['${name}']`;
  const item = objectOf<NamespaceSettings>(given, member, '{ events: { call: {} } }', problems);
  const events = objectOf<NonNullable<NamespaceSettings['events']>>(
    item.events ?? {},
    `${member}.events`,
    '{ call: {} }',
    problems,
  );
  return {
    className: schema.name,
    moleculerIo: MOLECULER_IO_WAYS,
    service: NO_CLASS,
    server: serverSettings((schema.settings ?? {}) as Record<string, unknown>),
    paths: item.createNamespace === false ? [] : compilePaths([withSlash(name)], problems),
    handlers: [],
    forwards: [],
    sends: new Map(),
    presence: undefined,
    validation: {},
    events: compileEvents(events, member, problems, warn),
    autoExpose: compileAutoExpose(item.autoExpose, NO_DECLARATIONS, (what) => {
      problems.add(member, what);
    }),
    authentication: item.authorization ? compileAuthorization(schema, item, member, problems) : undefined,
    guard: undefined,
    admitsAnonymous: true,
    onConnect: [],
    onDisconnecting: listenersOf(events, 'disconnecting'),
    onDisconnect: listenersOf(events, 'disconnect'),
    middlewares: functions(item.middlewares, `${member}.middlewares`, problems),
    packetMiddlewares: functions(item.packetMiddlewares, `${member}.packetMiddlewares`, problems),
    ack: 'error-first',
    limits: compileLimits(limitsOf(schema), problems),
    connectionRate: compileConnectionRate(limitsOf(schema)?.connections, problems),
    exposeErrors: true,
  };
}

function limitsOf({ settings }: SettingsSchema): { connections?: unknown } | undefined {
  return (settings as { limits: object | undefined } | undefined)?.limits;
}
/** There are no guards and hooks beside the events. */
const NO_DECLARATIONS = {
  guard: undefined,
  rateLimits: [],
  hooksOf: (event: string) => compileHooks([], event),
};

function compileEvents(
  events: NonNullable<NamespaceSettings['events']>,
  member: string,
  problems: Problems,
  warn: Warn,
): EventPlan[] {
  return Object.entries(events).flatMap(([name, item]) => {
    const at = `${member}.events['${name}']`;
    if (typeof item === 'function') {
      if (LIFECYCLE.includes(name)) return [];
      checkName(name, at, problems);
      return {
        name,
        target: { kind: 'function', member: name, call: item },
        guard: undefined,
        rateLimits: [],
        hooks: compileHooks([], name),
      };
    }
    checkName(name, at, problems);
    const own = objectOf<ActionProxyOptions>(item, at, "{ whitelist: ['math.*'] }, or a function", problems);
    const target = proxyPlan(
      name,
      own,
      (what) => {
        problems.add(at, what);
      },
      (what) => {
        warn(`${at}: ${what}`);
      },
    );
    // Its hooks run inside of the action `call`.
    return { name, target, guard: undefined, rateLimits: [], hooks: compileHooks([], name) };
  });
}

/** Functions for these are Socket.IO's listeners for a socket that goes. */
const LIFECYCLE = ['disconnecting', 'disconnect'];

function listenersOf(events: NonNullable<NamespaceSettings['events']>, moment: string): MethodPlan[] {
  const item = events[moment];
  if (typeof item !== 'function') return [];
  const call = (socket: Socket, reason: string, description?: unknown): unknown =>
    item.call(socket, reason, description);
  return [{ name: moment, call }];
}

function checkName(name: string, at: string, problems: Problems): void {
  if (name.length > MAX_NAME_LENGTH)
    problems.add(at, `the name has ${name.length} characters; write at most ${MAX_NAME_LENGTH}`);
  if (RESERVED_EVENTS.has(name))
    problems.add(at, `'${name}' is an event of Socket.IO's own that no client can send; take it away`);
}

function objectOf<T extends object>(value: unknown, member: string, example: string, problems: Problems): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  problems.add(member, `must be an object: ${example}`);
  return {} as T;
}

function compileAuthorization(
  { methods }: SettingsSchema,
  item: NamespaceSettings,
  member: string,
  problems: Problems,
): GatewayPlan['authentication'] {
  if (!(methods as Record<string, unknown> | undefined)?.['socketAuthorize']) {
    problems.add(
      member,
      'authorization is true, and nothing decides who may enter: write the method socketAuthorize(socket)',
    );
    return undefined;
  }
  const method: MethodPlan = {
    name: 'socketAuthorize',
    call(this: unknown, socket: unknown) {
      return (this as { socketAuthorize(socket: unknown, item: NamespaceSettings): unknown }).socketAuthorize(
        socket,
        item,
      );
    },
  };
  return { method, room: undefined, expiresAt: undefined };
}

function functions<F>(given: readonly F[] | undefined, member: string, problems: Problems): readonly F[] {
  if (isListOfFunctions(given)) return [...(given ?? [])];
  problems.add(member, 'must be an array of functions');
  return [];
}

/** The schema that the mixin is part of is the service; there is no class to make one of. */
const NO_CLASS: ServicePlan = {
  name: '',
  isNamedByClass: false,
  version: undefined,
  settings: {},
  metadata: {},
  dependencies: undefined,
  mixins: [],
  hooks: undefined,
  actions: {},
  events: {},
  methods: {},
  lifecycle: {},
  others: {},
};
