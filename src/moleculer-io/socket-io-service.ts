import type { Service, ServiceSchema } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Socket } from 'socket.io';
import { compileOneNamespace, compileSettings, handlersOf, type NamespaceSettings } from './compile-settings';
import { managementActions } from '../plan/management-actions';
import type { GatewayPlan } from '../plan/plan';
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
import { originMatches } from '../runtime/server/origin-guard';
import { socketGetMeta, socketSaveMeta } from '../runtime/user/socket-methods';
import { setUser } from '../runtime/user/socket-user';
import type { SocketServerOptions } from '../types';

type AllowedOrigins = Parameters<typeof originMatches>[0];

/** The plans of a service, from its final schema. */
const plans = new WeakMap<Service, readonly GatewayPlan[]>();

const lifecycle = lifecycleOf((service) => plans.get(service) ?? []);

/**
 * moleculer-io's mixin on this library: its settings, methods, hooks and wire format, without its mistakes.
 *
 * @example
 * broker.createService({ name: 'io', mixins: [SocketIOService], settings: { port: 3000 } });
 */
export const SocketIOService: Partial<ServiceSchema> = {
  name: 'io',

  actions: managementActions(MANAGEMENT_HANDLERS, 'published'),

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
      const known = plans.get(this) ?? [];
      const events = handlersOf(known, this.schema, handlerName ?? name);
      const { events: _none, ...rest } = compileOneNamespace(this.schema, name, {
        ...item,
        createNamespace: true,
        events: {},
      });
      return registerPlan(this, { ...rest, events: events.events });
    },

    /** Takes a namespace away and disconnects the sockets in it. */
    removeNamespace(this: Service, name: string) {
      return removeNamespace(this, name);
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

    /** Whether a setting like `cors.origin` allows an origin. */
    checkOrigin(this: Service, origin: string, allowed: AllowedOrigins | ((origin: string) => unknown)) {
      return typeof allowed === 'function' ? allowed.call(this, origin) : originMatches(allowed, origin);
    },
  },
};

Object.assign(SocketIOService, {
  merged(this: Service, schema: ServiceSchema) {
    const own = this.originalSchema as Partial<Record<'created' | 'started' | 'stopped', unknown>>;
    plans.set(this, compileSettings(schema));
    const settings = schema.settings as { port?: unknown; ip?: unknown; server?: unknown } | undefined;
    const listens = settings?.port !== undefined || typeof settings?.server === 'object';
    // Without a port moleculer-io waits for somebody to bring a server.
    configureServer(schema, listens ? {} : { server: false });
    subscribeCluster(schema, lifecycle);
    arrangeLifecycle(schema, lifecycle, own);
  },
});
