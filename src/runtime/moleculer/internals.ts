import type { Context, Service, ServiceBroker } from 'moleculer';
import { missingMembers, type UsedMembers } from '../errors/missing-members';

/*
 * Everything that this library uses of Moleculer beyond its types. All of it is the same in 0.14 and 0.15.
 */

/** Paths of the members of a broker that this file uses, with the type that each must have. */
const USED_MEMBERS: UsedMembers = {
  'middlewares.registeredHooks': 'object',
  findNextActionEndpoint: 'function',
  ContextFactory: 'function',
  'serializer.serialize': 'function',
  'serializer.deserialize': 'function',
  'registry.createPrivateActionEndpoint': 'function',
  'registry.actions.actions.get': 'function',
  'registry.events.get': 'function',
  'registry.nodes.toArray': 'function',
  'localBus.on': 'function',
  'tracer.opts': 'object',
};
/** The same for a broker that has a transporter. */
const USED_MEMBERS_OF_TRANSIT: UsedMembers = {
  'transit.tx': 'object',
  'transit.sendEvent': 'function',
  'transit.pendingResStreams': 'object',
  'transit.removePendingRequest': 'function',
};

/** The same for a service. */
const USED_MEMBERS_OF_SERVICES: UsedMembers = {
  '_serviceSpecification.actions': 'object',
};

/**
 * Checks that Moleculer still has the private members that this file uses. Called once per gateway, when its service is created.
 *
 * @throws Error that names the missing members
 */
export function checkMoleculer(service: Service): void {
  const { broker } = service;
  const used = { ...USED_MEMBERS, ...(broker.transit && USED_MEMBERS_OF_TRANSIT) };
  const missing = [
    ...missingMembers(broker, used).map((path) => `broker.${path}`),
    ...missingMembers(service, USED_MEMBERS_OF_SERVICES).map((path) => `service.${path}`),
  ];
  if (missing.length === 0) return;
  throw new Error(
    `moleculer-socket-gateway does not know Moleculer ${broker.MOLECULER_VERSION}: ${missing.join(', ')} is missing; ` +
      'use a version of Moleculer that its peer dependencies name, or update moleculer-socket-gateway',
  );
}

/** An action that a service has registered. */
export interface RegisteredAction {
  readonly name: string;
  readonly rawName: string;
  /** Everything else that the schema of the action says. */
  readonly [option: string]: unknown;
}

/** An action of a local service, as a context knows it. */
export interface ActionEndpoint {
  /** False while Moleculer's circuit breaker is open. */
  readonly state: boolean;
  readonly action: RegisteredAction;
}

/** A class of contexts: Moleculer's, or one of the application's. */
export type ContextClass = new (broker: ServiceBroker, endpoint?: ActionEndpoint) => Context;

interface BrokerInternals {
  readonly middlewares: { readonly registeredHooks: Readonly<Record<string, unknown[] | undefined>> };
  readonly tracer: TracerInternals;
  readonly serializer: {
    serialize(payload: object, type: string): Buffer;
    deserialize(payload: Buffer, type: string): { meta: { value: unknown } };
  };
  readonly registry: {
    createPrivateActionEndpoint(action: RegisteredAction): ActionEndpoint;
    /** The endpoints of each action that was ever known; an action that is gone has none. */
    readonly actions: {
      readonly actions: ReadonlyMap<string, { readonly endpoints: readonly CallableEndpoint[] }>;
    };
    readonly events: {
      get(event: string, group: string): { readonly endpoints: readonly EventListener[] } | undefined;
    };
    readonly nodes: { toArray(): readonly RegistryNode[] };
  };
  readonly transit: TransitInternals | null | undefined;
}

interface RegistryNode {
  readonly local: boolean;
  readonly available: boolean;
  /** 0 until the node has told what it is. */
  readonly seq: number;
}

interface TransitInternals {
  readonly tx: {
    readonly connected: boolean;
    /** Asks another node what it knows. Only TCP has it. */
    sendGossipRequest?(): void;
  };
  sendEvent(ctx: Context): Promise<void>;
  /** The streams that actions of other nodes have returned, by the id of the request. */
  readonly pendingResStreams: ReadonlyMap<string, object>;
  removePendingRequest(id: string): void;
}

/** A service on some node that listens to an event. */
export interface EventListener {
  /** The id of the node. */
  readonly id: string;
  readonly local: boolean;
}

interface TracerInternals {
  readonly opts: { readonly actions: boolean };
}

interface ServiceInternals {
  /** Only services that were loaded from a file have it. */
  readonly __filename?: string;
  readonly _serviceSpecification: { readonly actions: Readonly<Record<string, RegisteredAction>> };
}

/** Returns the hooks of this name that the middlewares of a broker have, in the order of the middlewares. */
export function hooksOf<Hook>(broker: ServiceBroker, name: string): readonly Hook[] {
  return ((broker as object as BrokerInternals).middlewares.registeredHooks[name] ?? []) as readonly Hook[];
}

/** Returns true if the broker traces the actions that are called. */
export function tracesActions(broker: ServiceBroker): boolean {
  const { tracer } = broker as object as BrokerInternals;
  return broker.isTracingEnabled() && tracer.opts.actions;
}

/** Returns the class of the contexts of a broker. */
export function contextClassOf(broker: ServiceBroker): ContextClass {
  const { ContextFactory } = broker;
  return ContextFactory as object as ContextClass;
}

/**
 * Returns what a value in the meta of a call has become when the call returns from another node.
 *
 * @throws what the serializer throws for a value that cannot be serialized
 */
export function copyThroughSerializer(broker: ServiceBroker, value: unknown): unknown {
  const { serializer } = broker as object as BrokerInternals;
  return serializer.deserialize(serializer.serialize({ ...RESPONSE, meta: { value } }, 'RES'), 'RES').meta
    .value;
}

/** The packet that answers a call. Some serializers want all of its fields. */
const RESPONSE = { ver: '4', sender: '', id: '', success: true, data: null, error: null, stream: false };

/** Returns the endpoint of an action of a local service, also of a private one; undefined if there is no such action. */
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
  /** The action is on this node. */
  readonly local?: boolean;
  readonly action: {
    readonly name: string;
    readonly visibility?: string | null;
    readonly managesGateway?: boolean;
    readonly params?: unknown;
    /** In milliseconds. */
    readonly timeout?: unknown;
    /** The events that the action wants to be served as; not checked yet. */
    readonly socket?: unknown;
  };
  readonly service: { readonly name: string; readonly fullName: string };
}

/**
 * Yields every endpoint of every action on any node. The lists of services would not do: they keep actions that a remote
 * node has removed, and show the definition of one node only.
 */
export function* allEndpoints(broker: ServiceBroker): Generator<CallableEndpoint> {
  for (const { endpoints } of (broker as object as BrokerInternals).registry.actions.actions.values()) {
    yield* endpoints;
  }
}

/** Returns true if an action is, or was, somewhere in the cluster. */
export function isKnownAction(broker: ServiceBroker, action: string): boolean {
  return (broker as object as BrokerInternals).registry.actions.actions.has(action);
}

/** Returns the endpoints of an action; an empty list if no node has it. */
export function endpointsOf(broker: ServiceBroker, action: string): readonly CallableEndpoint[] {
  return (broker as object as BrokerInternals).registry.actions.actions.get(action)?.endpoints ?? [];
}

/**
 * Returns the endpoint that a call goes to next. Advances the balancer. Moleculer logs a name that it does not know: ask
 * `isKnownAction` first if a client may have made the name up.
 *
 * @throws ServiceNotFoundError 404 or ServiceNotAvailableError 404
 */
export function nextEndpoint(
  broker: ServiceBroker,
  action: string,
  options: object,
  ctx: Context,
): CallableEndpoint {
  const endpoint: object = broker.findNextActionEndpoint(action, options, ctx);
  if (endpoint instanceof Error) throw endpoint;
  return endpoint as CallableEndpoint;
}

/**
 * Makes Moleculer forget a stream that an action of another node has returned and that is closed before its end. Moleculer keeps
 * it until the other node has sent all of it.
 */
export function forgetRemoteStream(broker: ServiceBroker, stream: object): void {
  const { transit } = broker as object as BrokerInternals;
  if (!transit) return;
  for (const [id, pending] of transit.pendingResStreams) {
    if (pending === stream) transit.removePendingRequest(id);
  }
}

/** Returns the listeners to an event whose group is named like the event, on all nodes that the registry knows. */
export function eventListeners(broker: ServiceBroker, event: string): readonly EventListener[] {
  return (broker as object as BrokerInternals).registry.events.get(event, event)?.endpoints ?? [];
}

/** Returns false if the broker has no transporter, or if it is away. */
export function isTransporterConnected(broker: ServiceBroker): boolean {
  return (broker as object as BrokerInternals).transit?.tx.connected === true;
}

/**
 * Sends an event to one node, whether the registry knows it or not. The group of its listeners is named like the event.
 *
 * @throws or rejects if the transporter does not take it
 */
export function sendEventTo(
  broker: ServiceBroker,
  node: string,
  event: string,
  params: unknown,
): Promise<void> {
  const { transit } = broker as object as BrokerInternals;
  if (!transit) throw new Error('the broker has no transporter');
  const ctx = Object.assign(new (contextClassOf(broker))(broker), {
    endpoint: { id: node },
    nodeID: node,
    eventName: event,
    eventType: 'emit',
    eventGroups: [event],
    params,
  });
  return transit.sendEvent(ctx);
}

/** Returns true while there are nodes of which only the address is known. Only the TCP transporter has such nodes. */
export function hasUnknownNodes(broker: ServiceBroker): boolean {
  const { transit, registry } = broker as object as BrokerInternals;
  if (!transit?.tx.sendGossipRequest) return false;
  return registry.nodes.toArray().some(isUnknown);
}

/**
 * Asks each of these nodes for the services of all nodes that it knows. Moleculer itself asks one of them, chosen at random: of ten
 * that are listed, the only one that runs may be asked after a second.
 */
export function askForNodes(broker: ServiceBroker): void {
  const { transit, registry } = broker as object as BrokerInternals;
  if (!transit?.tx.sendGossipRequest) return;
  const nodes = registry.nodes.toArray();
  const local = nodes.filter((node) => node.local);
  for (const unknown of nodes.filter(isUnknown)) {
    // It asks a node of `nodes` that is not available. Here there is one.
    const choice = { toArray: () => [...local, unknown] };
    const tx = Object.create(transit.tx, { nodes: { value: choice } }) as typeof transit.tx;
    tx.sendGossipRequest?.();
  }
}

function isUnknown({ local, available, seq }: RegistryNode): boolean {
  return !local && !available && seq === 0;
}

/** Returns true if `broker.loadService` has created a service. Hot reload creates only those again. */
export function wasLoadedFromFile(service: Service): boolean {
  return Boolean((service as object as Partial<ServiceInternals>).__filename);
}

/** Returns true if the calls of a broker take a stream beside their params: since 0.15. Before, it takes the place of the params. */
export function takesStreamOption(broker: ServiceBroker): boolean {
  return 'stream' in new (contextClassOf(broker))(broker);
}
