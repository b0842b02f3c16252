import type { ServiceSchema } from 'moleculer';
import type { AutoExpose } from './auto-expose';
import type {
  AckFormat,
  GatewayLimits,
  NamespaceMiddlewareFunction,
  PacketMiddlewareFunction,
  PayloadType,
  ValidationOptions,
} from './event-options';
import type { PresenceOptions } from './presence';
import type { LogSettings, ServerSettings } from './settings';

/** A namespace to serve: `'/chat'`, `'/tenants/:tenantId'`, or a regular expression, which like Socket.IO's is not anchored. */
export type NamespacePattern = string | RegExp;

/**
 * Options of `@SocketNamespace`: the service, and the namespace. Parts of the schema that other modules read (`channels`,
 * `queues`, …) may stand among them, where TypeScript is told of them, or in a mixin.
 *
 * @example
 * declare module 'moleculer-socket-gateway' {
 *   interface SocketNamespaceOptions { channels?: Record<string, object> }
 * }
 */
export interface SocketNamespaceOptions {
  /** Default: the name of the class without `Gateway`, in camelCase. */
  name?: string;
  version?: string | number;
  settings?: ServerSettings & LogSettings & Record<string, unknown>;
  metadata?: Record<string, unknown>;
  dependencies?: ServiceSchema['dependencies'];
  mixins?: Partial<ServiceSchema> | readonly Partial<ServiceSchema>[];
  hooks?: ServiceSchema['hooks'];
  actions?: ServiceSchema['actions'];
  events?: ServiceSchema['events'];
  methods?: ServiceSchema['methods'];
  /** Run for every socket that wants to enter, before authentication. */
  middlewares?: readonly NamespaceMiddlewareFunction[];
  /** Run for every packet. */
  packetMiddlewares?: readonly PacketMiddlewareFunction[];
  /** How acks are answered. Default `'error-first'`. */
  ack?: AckFormat;
  limits?: GatewayLimits;
  validation?: ValidationOptions;
  /**
   * Serves actions that carry `socket: 'event'` as events: `true` all of the cluster's, or those on a list of globs and
   * regular expressions for their full names. Default false.
   */
  autoExpose?: AutoExpose;
  /**
   * The events that the gateway sends to clients, each with the types of its arguments: `{ message: [NewMessage, Number] }`.
   * It is for the contract: nothing checks it. Events of `@ForwardEvent` are in the contract without it.
   */
  sends?: Readonly<Record<string, readonly PayloadType[]>>;
  /**
   * Shows who is in the rooms of the gateway, on all nodes, each user once. Default: undefined, for none.
   *
   * @example
   * presence: { of: (user) => ({ id: user.id, name: user.name }), rooms: 'room:*' }
   */
  presence?: PresenceOptions;
  /** `true`: clients see the message of every error, also of those that may hold secrets. Default false. */
  exposeErrors?: boolean;
}
