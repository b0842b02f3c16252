import type { EventPlan, StreamPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import type { ActionEndpoint } from '../moleculer/internals';
import type { RateLimit } from './connection';
import type { StartEventSpan } from './observation';

/** The parts of an event that its steps need. */
export interface EventSteps {
  readonly plan: EventPlan;
  /** The full name of the handler's action; empty if the action belongs to another service. */
  readonly action: string;
  readonly endpoint: ActionEndpoint | undefined;
  /** The handler has the ack, and its result is no answer. */
  readonly answersItself: boolean;
  readonly rateLimits: readonly RateLimit[];
  /** The streams of the event; undefined if it has none. */
  readonly streams: StreamPlan | undefined;
  /** Runs the handler as an action, with all of Moleculer's middlewares. */
  readonly run: (ctx: SocketContext) => PromiseLike<unknown>;
  /** Runs the event inside of an action of the service, which runs its steps; undefined if they run by themselves. */
  readonly enclosing: Around | undefined;
}

/** An event of the plan, bound to the service that answers it. */
export interface BoundEvent extends EventSteps {
  /** Runs what is around the steps of the event: middlewares, an enclosing action; undefined if there is nothing. */
  readonly around: Around | undefined;
  /** Starts the span of an event; undefined if it is not traced. */
  readonly trace: StartEventSpan | undefined;
}

/** Takes an event through the middlewares that are around it, and returns its result. */
export type Around = (ctx: SocketContext) => Promise<unknown>;

/** Actions of the cluster that a gateway serves as events. */
export interface ExposedEvents {
  /** Returns the events of a namespace in a map that follows the services. `path` is as it was written. */
  eventsOf(path: string): ReadonlyMap<string, BoundEvent>;
  follow(): void;
  stop(): void;
}
