import { Service, type ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { DefaultEventsMap, Namespace, Server } from 'socket.io';
import type { ClassValue } from './compiler/class-chain';
import { loadParts } from './load-parts';
import { isUnderConstruction } from './metadata/construction';
import type { ServiceParts } from './metadata/facts';
import { ownRecord } from './metadata/storage';
import type { Gateway } from './runtime/model';
import type {
  DrainOptions,
  EventsMap,
  GatewayPresence,
  GatewayShape,
  GatewaySocket,
  PresenceTypes,
  SocketContext,
  SocketData,
  SocketServerOptions,
} from './types';

/**
 * The base class of gateways: a Moleculer service whose methods answer the events of Socket.IO clients.
 *
 * @example
 * @SocketNamespace('/chat')
 * class ChatGateway extends SocketGateway {
 *   @SocketEvent('message')
 *   send(@MessageBody() message: NewMessage) { return { id: 1 }; }
 * }
 * broker.createService(ChatGateway);
 *
 * @typeParam ToClient the events that clients are sent: `{ message(text: string): void }`
 * @typeParam User the users in `socket.data.user`
 * @typeParam Present info and meta of `this.presence`: `{ info: { name: string }; meta: { isTyping: boolean } }`
 */
export abstract class SocketGateway<
  ToClient extends EventsMap = DefaultEventsMap,
  User = unknown,
  Present extends PresenceTypes = PresenceTypes,
>
  extends Service
  implements GatewayShape
{
  /** The Socket.IO server. It is there from the start of the service on, and with `server: false` from `created()` on. */
  declare readonly io: Server<DefaultEventsMap, ToClient, DefaultEventsMap, SocketData<User>>;
  /** The live namespaces of this gateway by name; for a dynamic path its children, never the parent. */
  readonly namespaces: ReadonlyMap<
    string,
    Namespace<DefaultEventsMap, ToClient, DefaultEventsMap, SocketData<User>>
  > = new Map();

  /**
   * @param broker the broker that the gateway belongs to
   * @param schema modifications, as `broker.createService(ChatGateway, { settings: { port: 0 } })` hands them over
   * @throws DeclarationError if the class has no `@SocketNamespace` of its own, and with every other mistake of it
   */
  constructor(broker: ServiceBroker, schema?: Partial<ServiceSchema>) {
    super(broker);
    if (schema) modifications.set(this, schema);
    // Compiles the class, so that its mistakes are reported even if its schema is never parsed.
    loadParts().planOf(new.target);
  }

  /** Parses the schema. `@SocketNamespace` calls it when the fields of the class are set; applications need not call it. */
  override parseServiceSchema(written: Partial<ServiceSchema>): void {
    // A base class with @Service above it parses as soon as its own part is there.
    if (isUnderConstruction(this)) return;
    const {
      planOf,
      isWrappedByService,
      completePlan,
      toServiceSchema,
      lifecycleOf,
      managementActions,
      MANAGEMENT_HANDLERS,
      MANAGEMENT_ACTIONS,
      PRESENCE_ACTIONS,
      FORWARD_HANDLERS,
      runHandler,
    } = loadParts();
    const type = this.constructor as unknown as ClassValue;
    const given = modified(this, isWrappedByService(type) ? withoutCreated(written) : written);
    const plan = completePlan(planOf(type), this, given);
    const schema = toServiceSchema(
      plan,
      given,
      lifecycleOf(() => [plan]),
      managementActions(
        MANAGEMENT_HANDLERS,
        'public',
        plan.presence ? [...MANAGEMENT_ACTIONS, ...PRESENCE_ACTIONS] : MANAGEMENT_ACTIONS,
      ),
      FORWARD_HANDLERS,
      runHandler,
    );
    super.parseServiceSchema(
      Object.keys(schema.given).length > 0 ? mergeInto(this, schema.own, schema.given) : schema.own,
    );
  }

  /**
   * The users in the rooms of the gateway, on all nodes.
   *
   * @throws Error if the gateway has no option `presence`
   * @example
   * this.presence.list({ room: 'room:tea' }).length
   */
  get presence(): GatewayPresence<Present> {
    const { gatewaysOf, presenceOf, withSlash } = loadParts();
    const [gateway] = gatewaysOf(this);
    const presence = presenceOf(gateway as Gateway);
    return {
      list: ({ namespace, room } = {}) =>
        presence.list(namespace === undefined ? undefined : withSlash(namespace), room),
    };
  }

  /**
   * Attaches the gateway to an HTTP server of yours, which it never closes: `this.io` is there when it returns. Call it
   * before the broker starts; with `settings.server: false` also later.
   *
   * @param server an HTTP server, or the options
   * @param options of socket.io, in place of `settings.io.options`
   * @returns settles when the adapter is connected, where `io.options.adapter` is a function that connects first
   * @throws Error if the gateway is attached already
   */
  initSocketIO(server?: HttpServer | SocketServerOptions, options?: SocketServerOptions): Promise<void> {
    return loadParts().initSocketIO(this, server, options);
  }

  /**
   * Serves one more namespace with the events of this gateway, while it runs.
   *
   * @param name as `'/lobby'`
   * @throws Error if there is such a namespace on the server already
   */
  registerNamespace(name: string): Namespace {
    const { gatewaysOf, registerNamespace } = loadParts();
    const [gateway] = gatewaysOf(this);
    return registerNamespace(gateway as Gateway, name);
  }

  /**
   * Takes a namespace away and disconnects the sockets in it.
   *
   * @throws Error if this gateway has no such namespace
   */
  removeNamespace(name: string): Promise<void> {
    return loadParts().removeNamespace(this, name);
  }

  /**
   * Refuses new clients, and closes all connections: each when none of its events is pending. The clients come back by
   * themselves, to another node. The gateway stays closed until its service starts again.
   *
   * @param options in place of those in `settings.drain`
   * @returns resolves when no connection is left; at once if the service has not started
   * @throws Error if an option is wrong
   * @example
   * await this.drain({ window: 60_000 });
   */
  drain(options?: DrainOptions): Promise<void> {
    return loadParts().drainService(this, options);
  }

  /**
   * Rewrites what clients see of an error; a class may have it. It is not async.
   *
   * @param error what was thrown, as an `Error`
   * @param ctx undefined where the event did not get as far as a context
   * @returns what the client sees; undefined or the error itself for the usual
   */
  reformatError?(
    error: Error,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks add to meta what they like
    ctx: SocketContext<unknown, Record<string, any>, ToClient, User> | undefined,
    socket: GatewaySocket<ToClient, User>,
  ): unknown;

  /** Makes the meta of every call for a socket. Override it to add to it; it may be async. */
  socketGetMeta(socket: GatewaySocket<ToClient, User>): object | PromiseLike<object> {
    return loadParts().socketGetMeta(socket);
  }

  /** Saves the user that a call has logged in, or out with null. Override it to be told; it may be async. */
  socketSaveUser(socket: GatewaySocket<ToClient, User>, user: User | null | undefined): unknown {
    return loadParts().setUser(socket, user);
  }
}

/*
 * moleculer-decorators writes into `prototype.actions` and its siblings, an object that a class shares with whatever
 * inherits from it. Here each class is given a record of its own.
 */
for (const part of ['actions', 'events', 'methods'] as const satisfies (keyof ServiceParts)[]) {
  Object.defineProperty(SocketGateway.prototype, part, {
    configurable: true,
    get(this: object) {
      return Object.hasOwn(this, 'constructor') ? ownRecord(this).parts[part] : undefined;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, part, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

/** The second argument of createService. It would be lost where @Service parses a schema of its own. */
const modifications = new WeakMap<object, Partial<ServiceSchema>>();

function modified(service: Service, written: Partial<ServiceSchema>): Partial<ServiceSchema> {
  const modification = modifications.get(service);
  if (!modification || modification === written) return written;
  const merged = mergeInto(service, written as ServiceSchema, modification);
  // Moleculer has cloned what must keep its identity.
  const server = [written, modification].map(({ settings }) =>
    loadParts().serverSettings((settings ?? {}) as Record<string, unknown>),
  );
  return { ...merged, settings: Object.assign({}, merged.settings, ...server) as ServiceSchema['settings'] };
}

// The `created` that @Service writes calls that of the class, and sets fields that are set already.
function withoutCreated({ created: _created, ...rest }: Partial<ServiceSchema>): Partial<ServiceSchema> {
  return rest;
}

/** Merges a schema into another the way Moleculer merges a service into its mixin. */
function mergeInto(service: Service, own: ServiceSchema, given: Partial<ServiceSchema>): ServiceSchema {
  return service.mergeSchemas(own, given) as ServiceSchema;
}
