import type { Context } from 'moleculer';
import type { GatewayPlan } from '../../plan/plan';
import type { GatewayLimits, SocketContext } from '../../types';
import type { ClusterCounters } from './cluster';

type Write = (...args: unknown[]) => void;

/** Logs more than failures. A function is undefined unless its setting asks for it. */
export interface EventLog {
  readonly request: Write | undefined;
  readonly params: Write | undefined;
  readonly response: Write | undefined;
  readonly connection: Write | undefined;
  readonly route: Write | undefined;
  readonly broadcast: Write | undefined;
  /** True if errors with a code from 400 to 499 are logged, too. */
  readonly clientErrors: boolean;
}

/** The limits that a client can exceed; each is the name of an option. */
export type ExceededLimit = Exclude<keyof GatewayLimits, 'concurrency'> | 'rateLimit' | 'maxHttpBufferSize';

/** Counts what happens. Labels are names that the application declared, never text of a client. */
export interface Metrics {
  /** Counts a packet that has arrived from the network. */
  arrive(): void;
  event(path: string, event: string): EventMeter;
  /** Counts an event that was refused before it started. */
  refusedEvent(path: string, event: string, code: unknown): void;
  /** Counts a packet that was answered with an error. */
  refusedPacket(path: string, code: unknown): void;
  /** Counts a Moleculer event that was forwarded to these namespaces; undefined means all. */
  forwarded(plan: GatewayPlan, event: string, names: readonly string[] | undefined): void;
  connected(path: string): void;
  disconnected(path: string, reason: string): void;
  exceeded(path: string, limit: ExceededLimit): void;
  refused(path: string, code: unknown): void;
  /** Sets how many users are present in the namespaces of a path, on all nodes. */
  present(path: string, users: number): void;
  /** Returns what counts the messages between the nodes of a service. */
  cluster(service: string): ClusterCounters;
}

/** Measures the events of one name in one namespace. */
export interface EventMeter {
  /** Returns the start time, which is given to `end`. */
  begin(): number;
  end(beganAt: number): void;
}

/** The span of an event, from its guards to its last hook. */
export interface EventSpan {
  /** Returns this span for the action of the handler; undefined for any other. */
  join(...span: Parameters<Context['startSpan']>): Span | undefined;
  /** Returns true if the span continues after its action has ended. */
  outlives(span: Span): boolean;
  /** Notes the error with which the event is answered. */
  fail(error: unknown): void;
  finish(): void;
}

/** A span of Moleculer's. */
export type Span = ReturnType<Context['startSpan']>;

/** Starts the span of an event on the path of its namespace. */
export type StartEventSpan = (ctx: SocketContext, path: string) => EventSpan;
