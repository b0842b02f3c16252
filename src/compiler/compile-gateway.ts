import { DeclarationError } from '../errors';
import { existingRecord } from '../metadata/storage';
import type {
  NamespaceMiddlewareFunction,
  PacketMiddlewareFunction,
  SocketNamespaceOptions,
  ValidationOptions,
} from '../types';
import { declaredClass, prototypesOf, type ClassValue } from './class-chain';
import { checkNamespaceOptions, checkSettings } from './check-options';
import { compileAuthentication } from './compile-authentication';
import { compileAutoExpose } from './compile-auto-expose';
import { compileEvents } from './compile-events';
import { compileForwards } from './compile-forwards';
import { compileGuard, isAnonymous } from './compile-guards';
import { compileLimits } from './compile-limits';
import { isListOfFunctions, methodsFor } from './compile-methods';
import { compilePaths } from './compile-paths';
import { parametersOf } from '../plan/paths';
import { compilePresence } from './compile-presence';
import { compileConnectionRate, compileRateLimits } from './compile-rate-limits';
import { compileSends } from './compile-sent-types';
import { compileService, isWrappedByService } from './compile-service';
import { serverSettings } from '../plan/server-settings';
import { freezePlan } from './freeze';
import { inheritClassFacts, inheritMembers, type MemberDeclaration } from './inherit-facts';
import type { GatewayPlan } from '../plan/plan';
import { mixinsOf } from './mixins';
import { Problems } from './problems';
import { checkNames } from './reserved-names';
import { checkServiceName } from './service-name';

const plans = new WeakMap<object, GatewayPlan>();

/**
 * Compiles a class as an application asks for it.
 *
 * @throws DeclarationError with every mistake of the class
 */
export function compileGateway(type: ClassValue): GatewayPlan {
  const plan = planOf(type);
  const problems = new Problems(plan.className);
  // The class may stand under @Service, which names the service.
  if (declaredClass(type) === type) checkServiceName(plan, undefined, problems);
  problems.throwIfAny();
  return plan;
}

/**
 * Returns the plan of a class, whatever names its service.
 *
 * @throws DeclarationError with every mistake of the class
 */
export function planOf(type: ClassValue): GatewayPlan {
  const declared = declaredClass(type);
  const known = plans.get(declared.prototype);
  if (known) return known;
  const plan = freezePlan(compile(declared));
  plans.set(declared.prototype, plan);
  return plan;
}

function compile(type: ClassValue): GatewayPlan {
  const namespaces =
    existingRecord(type.prototype)?.classFacts.filter((fact) => fact.kind === 'namespace') ?? [];
  const [namespace] = namespaces;
  const className = type.name || 'A class without a name';
  if (!namespace) {
    throw new DeclarationError(className, [
      {
        where: className,
        what: "it has no @SocketNamespace of its own; put @SocketNamespace('/path') above the class",
      },
    ]);
  }

  const problems = new Problems(className);
  const options = optionsOf(namespace, problems);
  if (namespaces.length > 1)
    problems.add(
      undefined,
      "@SocketNamespace stands there twice; one takes several paths: @SocketNamespace(['/a', '/b'])",
    );
  const prototypes = prototypesOf(type);
  const members = inheritMembers(prototypes);
  checkNames(members, prototypes, problems);
  const paths = compilePaths(namespace.paths, problems);
  const validation = completeValidation(options.validation);
  const service = compileService(type, prototypes, options, problems);
  const guard = compileGuard(inheritClassFacts(prototypes, 'authorize'), undefined, problems);
  const authentication = compileAuthentication(members, service, problems);
  const admitsAnonymous =
    !guard || members.some((member) => isAnonymous(member.guards) && answersEvents(member));
  if (!admitsAnonymous && !authentication) {
    problems.add(
      undefined,
      '@Authorize on the class lets nobody in, for nobody can log in: write a method with @Authenticate, ' +
        'or an event with @AllowAnonymous that logs in by setting ctx.meta.user',
    );
  }
  const rateLimits = compileRateLimits(inheritClassFacts(prototypes, 'rateLimit'), undefined, problems);
  const { handlers, events, hooksOf } = compileEvents(
    members,
    {
      guard,
      rateLimits,
      validation,
      cache: service.settings['$cache'],
      parameters: new Set(paths.flatMap(parametersOf)),
      actions: service.actions,
    },
    problems,
  );
  const middlewares = <F>(of: 'namespace' | 'packet'): F[] =>
    methodsFor(members, (role) => role.kind === 'middleware' && role.of === of, problems).map(
      ({ call }) => call as F,
    );
  const plan: GatewayPlan = {
    className,
    moleculerIo: undefined,
    service,
    server: serverSettings(options.settings ?? {}),
    paths,
    handlers,
    events,
    autoExpose: compileAutoExpose(options.autoExpose, { guard, rateLimits, hooksOf }, (what) => {
      problems.add(undefined, what);
    }),
    forwards: compileForwards(members, { handlers, paths, validation }, problems),
    sends: compileSends(options.sends, (what) => {
      problems.add(undefined, what);
    }),
    presence: compilePresence(options.presence, members, problems),
    validation,
    authentication,
    guard,
    admitsAnonymous,
    onConnect: methodsFor(
      members,
      (role) => role.kind === 'lifecycle' && role.moment === 'connect',
      problems,
    ),
    onDisconnecting: methodsFor(
      members,
      (role) => role.kind === 'lifecycle' && role.moment === 'disconnecting',
      problems,
    ),
    onDisconnect: methodsFor(
      members,
      (role) => role.kind === 'lifecycle' && role.moment === 'disconnect',
      problems,
    ),
    middlewares: [...(options.middlewares ?? []), ...middlewares<NamespaceMiddlewareFunction>('namespace')],
    packetMiddlewares: [
      ...(options.packetMiddlewares ?? []),
      ...middlewares<PacketMiddlewareFunction>('packet'),
    ],
    ack: options.ack ?? 'error-first',
    limits: compileLimits(options.limits, problems),
    connectionRate: compileConnectionRate(options.limits?.connections, problems),
    exposeErrors: options.exposeErrors ?? false,
  };
  checkOptions(options, type, problems);
  problems.throwIfAny();
  return plan;
}

/** Adds the secure default, which only `whitelist: false` switches off. */
function completeValidation(given: ValidationOptions = {}): ValidationOptions {
  return Object.freeze({ ...given, whitelist: given.whitelist ?? true });
}

function answersEvents(member: MemberDeclaration): boolean {
  return member.roles.some((fact) => fact.kind === 'event');
}

function optionsOf(namespace: { readonly options: unknown }, problems: Problems): SocketNamespaceOptions {
  const { options } = namespace;
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  problems.add(undefined, "the options of @SocketNamespace must be an object: { name: 'chat' }");
  return {};
}

function checkOptions(options: SocketNamespaceOptions, type: ClassValue, problems: Problems): void {
  const report = (what: string): void => {
    problems.add(undefined, what);
  };
  checkNamespaceOptions(options, mixinsOf(options), report);
  // The options of @Service may have mixins with settings of their own: it is decided when a service is made.
  if (!isWrappedByService(type)) checkSettings(options.settings ?? {}, mixinsOf(options), report);
  const ack = options.ack as unknown;
  if (ack !== undefined && ack !== 'error-first' && ack !== 'object') {
    problems.add(undefined, `ack must be 'error-first' or 'object', not ${JSON.stringify(ack)}`);
  }
  for (const list of ['middlewares', 'packetMiddlewares'] as const) {
    if (!isListOfFunctions(options[list])) {
      problems.add(undefined, `${list} must be an array of functions`);
    }
  }
}
