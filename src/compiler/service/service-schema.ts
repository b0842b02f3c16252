import type { Service, ServiceSchema } from 'moleculer';
import type { ServerSettings, SocketContext } from '../../types';
import { checkMergedCaches } from '../check-cache';
import { SERVER_SETTINGS, serverSettings, withoutServer } from '../../plan/server-settings';
import { hasPart } from '../mixins';
import type { GatewayPlan, HandlerPlan } from '../../plan/plan';
import type { ForwardHandlers, GatewayLifecycle, RunHandler } from '../../plan/service-runtime';
import { givenName } from '../service-name';
import { subscribeCluster } from './subscribe-cluster';
import { subscribeForwards } from './subscribe-forwards';

type Lifecycle = (this: Service, schema: ServiceSchema) => unknown;

/**
 * Turns a plan into the schema of its service.
 *
 * @param given parts of the schema from `@Service` of moleculer-decorators, or from modifications
 * @param management the actions that every gateway has for other services
 * @param forwards what the runtime does with events that are sent on to clients
 * @param runHandler runs the method of a handler for a socket
 */
export function toServiceSchema(
  plan: GatewayPlan,
  given: Partial<ServiceSchema>,
  runtime: GatewayLifecycle,
  management: ServiceSchema['actions'],
  forwards: ForwardHandlers,
  runHandler: RunHandler,
): { own: ServiceSchema; given: Partial<ServiceSchema> } {
  const { service } = plan;
  const { created, started, stopped, name, ...rest } = given as Record<string, unknown> &
    Partial<ServiceSchema>;
  const lifecycle = service.lifecycle as Partial<Record<string, Lifecycle>>;
  const server = { ...plan.server, ...serverSettings((rest.settings ?? {}) as Record<string, unknown>) };
  const theirs = (own: Lifecycle | undefined, other: unknown): Lifecycle[] =>
    [own, ...([] as unknown[]).concat(other)].filter(
      (fn, at, all) => typeof fn === 'function' && all.indexOf(fn) === at,
    ) as Lifecycle[];

  const own: ServiceSchema & { merged: Lifecycle[] } = {
    ...service.others,
    name: givenName(plan, name) ?? service.name,
    ...(service.version !== undefined && { version: service.version }),
    settings: { ...service.settings },
    metadata: { ...service.metadata },
    ...(service.dependencies && { dependencies: service.dependencies }),
    ...(service.hooks && { hooks: service.hooks }),
    mixins: [...service.mixins],
    methods: ownMethods(service.methods),
    events: { ...service.events } as ServiceSchema['events'],
    actions: {
      // Moleculer would merge what stands under one name.
      ...Object.fromEntries(
        Object.entries(management ?? {}).filter(
          ([action]) => ![service, given].some((schema) => hasPart(schema, 'actions', action)),
        ),
      ),
      ...service.actions,
      ...handlerActions(plan.handlers, runHandler),
    } as ServiceSchema['actions'],
    merged: [
      function (this: Service, schema: ServiceSchema) {
        checkMergedCaches(plan, schema);
        subscribeForwards(plan, schema, forwards);
        subscribeCluster(schema, runtime);
        configureServer(schema, server);
        arrangeLifecycle(schema, runtime, {
          created: theirs(lifecycle['created'], created),
          started: theirs(lifecycle['started'], started),
          stopped: theirs(lifecycle['stopped'], stopped),
        });
      },
      ...(lifecycle['merged'] ? [lifecycle['merged']] : []),
    ],
  };
  return {
    own,
    given: rest.settings
      ? { ...rest, settings: withoutServer(rest.settings as Record<string, unknown>) }
      : rest,
  };
}

/**
 * Puts the server's settings back by identity, after Moleculer has cloned the rest, and keeps them from other nodes.
 *
 * @param server what counts before the settings of mixins
 */
export function configureServer(schema: ServiceSchema, server: ServerSettings): void {
  const settings = (schema.settings ?? {}) as Record<string, unknown> & { $secureSettings?: string[] };
  schema.settings = {
    ...settings,
    ...server,
    $secureSettings: [...new Set([...(settings.$secureSettings ?? []), ...SERVER_SETTINGS])],
  };
}

/**
 * Sockets are attached before a mixin (moleculer-web) opens its server, and are gone before it closes it. Clients come
 * in when the service's own `started` is done, and are still there while its own `stopped` runs. Moleculer runs
 * `stopped` from the end of the list.
 *
 * @param own the lifecycle methods of the service itself, as opposed to those of its mixins
 */
export function arrangeLifecycle(
  schema: ServiceSchema,
  runtime: GatewayLifecycle,
  own: Partial<Record<'created' | 'started' | 'stopped', unknown>>,
): void {
  const list = (phases: typeof own, phase: keyof typeof own): unknown[] =>
    ([] as unknown[]).concat(phases[phase] ?? []);
  const mixed = (phase: keyof typeof own): unknown[] =>
    list(schema, phase).filter((fn) => !list(own, phase).includes(fn));
  Object.assign(schema, {
    created: [
      step((service) => {
        runtime.created(service);
      }),
      ...mixed('created'),
      ...list(own, 'created'),
    ],
    started: [
      step((service) => runtime.attach(service)),
      ...mixed('started'),
      step((service) => runtime.listen(service)),
      ...list(own, 'started'),
      step((service) => {
        runtime.open(service);
      }),
    ],
    stopped: [...mixed('stopped'), step((service) => runtime.stopped(service)), ...list(own, 'stopped')],
  });
}

// Moleculer binds the handler of a method that is written as an object in place, to the service that it makes.
function ownMethods(methods: Readonly<Record<string, unknown>>): ServiceSchema['methods'] {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      typeof method === 'object' ? { ...method } : method,
    ]),
  ) as ServiceSchema['methods'];
}

function step(run: (service: Service) => unknown): Lifecycle {
  return function () {
    return run(this);
  };
}

function handlerActions(handlers: readonly HandlerPlan[], runHandler: RunHandler): Record<string, unknown> {
  return Object.fromEntries(
    handlers.map((handler) => {
      const invoke: HandlerPlan['invoke'] = (service, ctx) =>
        isOfSocket(ctx) ? runHandler(handler, service, ctx) : handler.invoke(service, ctx);
      return [handler.member, { ...handler.action, handler: actionHandler({ ...handler, invoke }) }];
    }),
  );
}

/** Returns true for the context of an event; an action that another service calls has no socket. */
function isOfSocket(ctx: Partial<SocketContext>): boolean {
  return ctx.socket !== undefined;
}

/** Returns the handler of the action. The payload of a socket's event has been checked before; a call's is checked here. */
export function actionHandler({
  invoke,
  bodies,
}: HandlerPlan): (this: Service, ctx: SocketContext) => unknown {
  const body = bodies.find(({ index }) => index === 0);
  if (!body) {
    return function (ctx) {
      return invoke(this, ctx);
    };
  }
  const invokeWith = (service: Service, ctx: SocketContext, params: unknown): unknown => {
    ctx.params = params;
    return invoke(service, ctx);
  };
  return function (ctx) {
    if (isOfSocket(ctx)) return invoke(this, ctx);
    // Moleculer makes an empty object of params that the caller left out.
    if (body.optional && isEmpty(ctx.params)) return invokeWith(this, ctx, undefined);
    const checked = body.check(ctx.params);
    return checked instanceof Promise
      ? checked.then((params) => invokeWith(this, ctx, params))
      : invokeWith(this, ctx, checked);
  };
}

function isEmpty(params: unknown): boolean {
  return typeof params === 'object' && params !== null && Object.keys(params).length === 0;
}
