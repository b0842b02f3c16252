import type { Service, ServiceSchema } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Socket } from 'socket.io';
import { ACTION_CALL } from './action-call';
import { checkOrigin } from './check-origin';
import { compileOneNamespace, compileSettings } from './compile-settings';
import { eventsOfHandler, setHandlers } from './handlers';
import { namespacesOf, warningAboutRoot, type NamespaceSettings } from './namespaces';
import { managementActions } from '../plan/management-actions';
import type { GatewayPlan } from '../plan/plan';
import type { GatewayLifecycle } from '../plan/service-runtime';
import { arrangeLifecycle, configureServer } from '../compiler/service/service-schema';
import { subscribeCluster } from '../compiler/service/subscribe-cluster';
import {
  initSocketIO,
  lifecycleOf,
  registerPlan,
  removeNamespace,
} from '../runtime/gateway/gateway-lifecycle';
import { socketOnError } from './ways';
import { MANAGEMENT_HANDLERS } from '../runtime/push/manage-gateway';
import { socketGetMeta, socketSaveMeta } from '../runtime/user/socket-methods';
import { setUser } from '../runtime/user/socket-user';
import { drainService } from '../runtime/drain/drain-gateways';
import type { DrainOptions, LogLevel, SocketServerOptions } from '../types';

/** The result of compiling the final schema of a service. */
interface Compiled {
  readonly plans: readonly GatewayPlan[];
  /** Warnings that are logged when the service starts. */
  readonly warnings: readonly string[];
}

const compiled = new WeakMap<Service, Compiled>();

const usual = lifecycleOf((service) => compiled.get(service)?.plans ?? []);

const lifecycle: GatewayLifecycle = {
  ...usual,
  created(service) {
    setHandlers(service);
    usual.created(service);
  },
  open(service) {
    for (const warning of compiled.get(service)?.warnings ?? [])
      service.logger.warn(`${service.name}: ${warning}`);
    return usual.open(service);
  },
};

/**
 * moleculer-io's mixin on this library: its settings, methods, hooks and wire format, without its mistakes.
 *
 * @example
 * broker.createService({ name: 'io', mixins: [SocketIOService], settings: { port: 3000 } });
 */
export const SocketIOService: Partial<ServiceSchema> = {
  name: 'io',

  actions: { ...managementActions(MANAGEMENT_HANDLERS, 'published'), call: ACTION_CALL },

  methods: {
    /** Attaches the service to an HTTP server, or gives it options of socket.io. */
    initSocketIO(this: Service, server?: HttpServer | SocketServerOptions, options?: SocketServerOptions) {
      return initSocketIO(this, server, options);
    },

    /**
     * Serves one more namespace while the service runs.
     *
     * @param handlerName a namespace of the settings whose events it has
     * @param item authorization and middlewares of the new namespace
     */
    registerNamespace(
      this: Service,
      name: string,
      handlerName?: string,
      item?: NamespaceSettings,
    ): Namespace {
      const events = eventsOfHandler(this, handlerName ?? name);
      const warn = (what: string): void => {
        this.logger.warn(`${this.name}: ${what}`);
      };
      const own = { ...item, createNamespace: true, events };
      return registerPlan(this, compileOneNamespace(this.schema, name, own, warn));
    },

    /** Takes a namespace away and disconnects the sockets in it. */
    removeNamespace(this: Service, name: string) {
      return removeNamespace(this, name);
    },

    /** Refuses new clients, and closes all connections: see `SocketGateway.drain`. */
    drain(this: Service, options?: DrainOptions) {
      return drainService(this, options);
    },

    socketGetMeta,

    /** Saves the user that a call has logged in or out. */
    socketSaveUser(socket: Socket, user: unknown) {
      return setUser(socket, user);
    },

    socketSaveMeta,

    socketOnError,

    socketJoinRooms(socket: Socket, rooms: string | string[]) {
      return socket.join(rooms);
    },

    socketLeaveRoom(socket: Socket, room: string) {
      return socket.leave(room);
    },

    checkOrigin,

    /** Logs at a level that a setting names; does nothing if it names none. */
    logWithLevel(this: Service, level: LogLevel | undefined, ...args: unknown[]) {
      if (level && typeof (this.logger[level] as unknown) === 'function') this.logger[level](...args);
    },
  },
};

Object.assign(SocketIOService, {
  merged(this: Service, schema: ServiceSchema) {
    const own = this.originalSchema as Partial<Record<'created' | 'started' | 'stopped', unknown>>;
    const warnings: string[] = [];
    const plans = compileSettings(schema, (what) => warnings.push(what));
    const rootWarning = warningAboutRoot(namespacesOf(schema));
    if (rootWarning !== undefined) warnings.push(rootWarning);
    if (!schema.actions?.['call'])
      warnings.push("the action 'call' was removed, so that clients can call no action");
    compiled.set(this, { plans, warnings });
    const settings = schema.settings as { port?: unknown; ip?: unknown; server?: unknown } | undefined;
    const listens = settings?.port !== undefined || typeof settings?.server === 'object';
    // Without a port moleculer-io listens only after `initSocketIO` was called with a server.
    configureServer(schema, listens ? {} : { server: false });
    subscribeCluster(schema, lifecycle);
    arrangeLifecycle(schema, lifecycle, own);
  },
});
