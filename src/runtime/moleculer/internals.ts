import * as moleculer from 'moleculer';
import { Context, type Service, type ServiceBroker } from 'moleculer';

/*
 * What this library uses of Moleculer beyond its types. All of it is the same in 0.14 and 0.15.
 */

/** An action as a service has registered it. */
export interface RegisteredAction {
  readonly name: string;
  readonly rawName: string;
  /** With no middleware around it. */
  readonly handler: ActionHandler;
}

export type ActionHandler = (ctx: Context) => Promise<unknown>;

/** What a middleware stands around an action with. */
export type ActionHook = (this: ServiceBroker, next: ActionHandler, action: object) => ActionHandler;

/** Where a call goes to. */
export interface ActionEndpoint {
  /** False while Moleculer's circuit breaker has cut it off. */
  readonly state: boolean;
  readonly action: RegisteredAction;
}

/** A class of contexts: Moleculer's, or one of the user's. */
export type ContextClass = new (broker: ServiceBroker, endpoint?: ActionEndpoint) => Context;

interface ContextFactory {
  create(broker: ServiceBroker, endpoint: ActionEndpoint, params: unknown, options: object): Context;
}

interface BrokerInternals {
  readonly middlewares: { readonly registeredHooks: Readonly<Record<string, unknown[] | undefined>> };
  findNextActionEndpoint(action: string, options: object, ctx: Context): CallableEndpoint | Error;
  readonly ContextFactory: ContextClass;
  readonly tracer: TracerInternals;
  readonly registry: {
    createPrivateActionEndpoint(action: RegisteredAction): ActionEndpoint;
    /** Of every action that was ever known, where it is now. */
    readonly actions: {
      readonly actions: ReadonlyMap<string, { readonly endpoints: readonly CallableEndpoint[] }>;
    };
  };
}

interface TracerInternals {
  readonly opts: { readonly actions: boolean };
  readonly defaultTags: object | null | undefined;
  readonly logger: object;
  shouldSample(span: object): boolean;
}

interface ServiceInternals {
  readonly _serviceSpecification: { readonly actions: Readonly<Record<string, RegisteredAction>> };
}

/** The functions that the middlewares of a broker have under a name, in the order of the middlewares. */
export function hooksOf<Hook>(broker: ServiceBroker, name: string): readonly Hook[] {
  return ((broker as object as BrokerInternals).middlewares.registeredHooks[name] ?? []) as readonly Hook[];
}

/** The function with which Moleculer measures the actions of a broker; undefined where it does not. */
export function measuringHook(broker: ServiceBroker): ActionHook | undefined {
  // The types of 0.15 leave it out.
  const { Middlewares } = moleculer as object as {
    Middlewares: { Metrics(broker: ServiceBroker): { localAction: ActionHook } };
  };
  // Each broker has functions of its own, of the same text.
  const text = String(Middlewares.Metrics(broker).localAction);
  return hooksOf<ActionHook>(broker, 'localAction').find((hook) => String(hook) === text);
}

/** Whether the broker makes spans of the actions that are called. */
export function tracesActions(broker: ServiceBroker): boolean {
  const { tracer } = broker as object as BrokerInternals;
  return broker.isTracingEnabled() && tracer.opts.actions;
}

export function tracerOf(broker: ServiceBroker): TracerInternals {
  return (broker as object as BrokerInternals).tracer;
}

/** The context of a call, as Moleculer makes it. */
export function contextOfCall(
  broker: ServiceBroker,
  endpoint: ActionEndpoint,
  params: unknown,
  options: object,
): Context {
  return (contextClassOf(broker) as ContextClass & ContextFactory).create(broker, endpoint, params, options);
}

/** The class of the contexts of a broker. */
export function contextClassOf(broker: ServiceBroker): ContextClass {
  return (broker as object as BrokerInternals).ContextFactory;
}

/** The endpoint of an action of a local service, private ones included. */
export function localEndpoint(service: Service, member: string): ActionEndpoint | undefined {
  const { actions } = (service as object as ServiceInternals)._serviceSpecification;
  // An action may have another name than the method.
  const { name = member } = (service.schema.actions?.[member] ?? {}) as { name?: string };
  const action = Object.values(actions).find(({ rawName }) => rawName === name);
  return action && (service.broker as object as BrokerInternals).registry.createPrivateActionEndpoint(action);
}

/** An action somewhere in the cluster. */
export interface CallableEndpoint {
  /** The id of the node. */
  readonly id: string;
  readonly action: {
    readonly name: string;
    readonly visibility?: string | null;
    readonly managesGateway?: boolean;
    readonly params?: unknown;
    /** The events that it asks for, as somebody has written them. */
    readonly socket?: unknown;
  };
  readonly service: { readonly name: string; readonly fullName: string };
}

/**
 * Every endpoint of every action, on any node. Not the lists of services: those keep the actions that a remote node has
 * taken away, and show the definition of one node only.
 */
export function* allEndpoints(broker: ServiceBroker): Generator<CallableEndpoint> {
  for (const { endpoints } of (broker as object as BrokerInternals).registry.actions.actions.values()) {
    yield* endpoints;
  }
}

/** Whether an action is, or was, somewhere in the cluster. */
export function isKnownAction(broker: ServiceBroker, action: string): boolean {
  return (broker as object as BrokerInternals).registry.actions.actions.has(action);
}

/** Where an action is; nowhere if nobody has it any more. */
export function endpointsOf(broker: ServiceBroker, action: string): readonly CallableEndpoint[] {
  return (broker as object as BrokerInternals).registry.actions.actions.get(action)?.endpoints ?? [];
}

/**
 * The node that a call goes to next; this advances the balancer. Moleculer logs a name that it does not know: ask
 * `isKnownAction` first where a client may have made it up.
 *
 * @throws ServiceNotFoundError 404 or ServiceNotAvailableError 404
 */
export function nextEndpoint(
  broker: ServiceBroker,
  action: string,
  options: object,
  ctx: Context,
): CallableEndpoint {
  const endpoint = (broker as object as BrokerInternals).findNextActionEndpoint(action, options, ctx);
  if (endpoint instanceof Error) throw endpoint;
  return endpoint;
}

/**
 * Whether a call is what Moleculer makes of it: nobody has wrapped `broker.call`, changed contexts, copies params or
 * counts levels.
 */
export function callsArePlain(broker: ServiceBroker): boolean {
  const { ContextFactory, middlewares } = broker as object as BrokerInternals;
  const wrapped = (middlewares.registeredHooks['call']?.length ?? 0) > 0;
  const { contextParamsCloning, maxCallLevel } = broker.options;
  return !wrapped && ContextFactory === (Context as object) && !contextParamsCloning && !maxCallLevel;
}

/** Whether a span is what Moleculer makes of it: neither the contexts nor the tracer have a `startSpan` of the application's. */
export function spansArePlain(broker: ServiceBroker): boolean {
  return contextClassOf(broker) === (Context as object) && !Object.hasOwn(tracerOf(broker), 'startSpan');
}
