import type { ActionSchema, Context } from 'moleculer';
import type { GatewayShape } from './context';
import type { PayloadType } from './event-options';

/**
 * A value, or a function of the Moleculer event's context that gives it, `this` being the service. It may be async.
 *
 * @typeParam Params what the event carries
 */
export type OfEvent<T, Params> =
  | T
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a function may declare the meta that it looks at
  | { bivariant(this: GatewayShape, ctx: Context<Params, any>): T | Promise<T> }['bivariant'];

/** The options of Moleculer's events that `@ForwardEvent` takes, too. */
export interface EventSubscription {
  /** An emitted event reaches one node of every group. Default: the full name of the service. */
  group?: string;
  /** Moleculer's validator for what the event brings. */
  params?: Record<string, unknown>;
  /** The strategy that chooses the node of the group. `'Shard'` keeps related events in order. */
  strategy?: string;
  strategyOptions?: Record<string, unknown>;
  tracing?: ActionSchema['tracing'];
  bulkhead?: ActionSchema['bulkhead'];
  /** Milliseconds that an event waits for the next one, which then stands for both. */
  debounce?: number;
  /** Milliseconds within which no second event is handled. */
  throttle?: number;
}

/**
 * Options of `@ForwardEvent`.
 *
 * @typeParam Params what the Moleculer event carries
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a function without declared params may read them all the same
export interface ForwardEventOptions<Params = any> extends EventSubscription {
  /** The name under which clients get it. Default: the name of the Moleculer event. */
  as?: OfEvent<string, Params>;
  /**
   * The rooms whose sockets get it. Without this option it is everybody in the namespace; a function that gives an empty
   * list or undefined reaches no client.
   */
  rooms?: OfEvent<string | readonly string[] | undefined, Params>;
  /** Rooms whose sockets do not get it. */
  except?: OfEvent<string | readonly string[] | undefined, Params>;
  /**
   * One of the gateway's namespaces, or several. Without this option it is all of them, for a dynamic path all that a client
   * is in; a function that returns an empty list or undefined reaches no client.
   */
  namespace?: OfEvent<string | readonly string[] | undefined, Params>;
  /** It may get lost where a client is not ready to receive. Default false. */
  volatile?: boolean;
  /** The class of what is sent: what is not valid is not sent, and logged. */
  payload?: PayloadType;
}
