import type { ServiceSchema, ServiceSettingSchema } from 'moleculer';
import type { DefaultEventsMap } from 'socket.io';
import type * as types from './exported-types';
import { SocketIOService } from './socket-io-service';

/*
 * The entry `moleculer-socket-gateway/moleculer-io`. It is the mixin itself, as `require('moleculer-io')` is.
 */

/**
 * moleculer-io's mixin on this library.
 *
 * @example
 * const SocketIOService = require('moleculer-socket-gateway/moleculer-io'); // was: require('moleculer-io')
 * broker.createService({ name: 'io', mixins: [SocketIOService], settings: { port: 3000 } });
 */
const SocketIOMixin: Partial<ServiceSchema> = SocketIOService;

/** The types that moleculer-io exports. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to export types beside `export =`
namespace SocketIOMixin {
  export type EventCustomFunction<T = unknown> = types.EventCustomFunction<T>;
  export type IONamespace = types.IONamespace;
  export type IOServiceMethods = types.IOServiceMethods;
  export type IOServiceSchema = types.IOServiceSchema;
  export type IOServiceSettings = types.IOServiceSettings;
  export type IOSetting = types.IOSetting;
  export type NamespaceEvent = types.NamespaceEvent;
  export type NamespaceMiddlewareFunction = types.NamespaceMiddlewareFunction;
  export type SocketIOMeta = types.SocketIOMeta;
  export type SocketMiddlewareFunction = types.SocketMiddlewareFunction;
  export type SocketMoleculerIO<
    ClientUser = unknown,
    ServiceSettings = ServiceSettingSchema,
    ListenEvents extends types.EventsMap = DefaultEventsMap,
    EmitEvents extends types.EventsMap = ListenEvents,
    ServerSideEvents extends types.EventsMap = DefaultEventsMap,
  > = types.SocketMoleculerIO<ClientUser, ServiceSettings, ListenEvents, EmitEvents, ServerSideEvents>;
}

export = SocketIOMixin;
