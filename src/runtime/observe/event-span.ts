import type { Service } from 'moleculer';
import type { EventPlan } from '../../plan/plan';
import { printable } from '../../plan/printable';
import type { SocketContext } from '../../types';
import type { BoundTarget, GatewayRuntime } from '../gateway/build-gateway';
import { learnSpan, startLightSpan, type Span } from './light-span';
import { tracesActions } from '../moleculer/internals';

const EVENT_SPAN = Symbol('event span');

/** A context whose event may have a span. */
export interface Traced {
  [EVENT_SPAN]?: EventSpan;
}

/** Starts the span of an event, on the path of the namespace that it came to. */
export type StartEventSpan = (ctx: SocketContext, path: string) => EventSpan;

/**
 * The one span of an event, from its guards to its last hook. What Moleculer's tracing has to say of the action that the handler
 * is goes into this span, since both stand for the same thing: they have the same id.
 */
export class EventSpan {
  private readonly span: Span;
  private failure: unknown;
  private running = true;

  /** @param actionName what Moleculer calls the span of the action, unless it was given a name */
  constructor(
    private readonly ctx: SocketContext & Traced,
    name: string,
    private readonly actionName: string,
    service: Service,
    tags: object,
  ) {
    const { id, parentID, requestID, tracing } = ctx;
    const options = { id, type: 'event', traceID: requestID, parentID, sampled: tracing, service, tags };
    this.span = startLightSpan(ctx, name, options) ?? learnSpan(ctx, ctx.startSpan(name, options));
    ctx.tracing = this.span.sampled;
    ctx[EVENT_SPAN] = this;
  }

  /** The span of the action of the same context is this one; undefined for any other. */
  join(name: string, options: Record<string, unknown> = {}): Span | undefined {
    const { ctx, span } = this;
    if (!this.running || options['type'] !== 'action' || options['id'] !== ctx.id) return undefined;
    // The option spanName.
    if (name !== this.actionName) span.name = name;
    span.addTags((options['tags'] ?? {}) as Record<string, unknown>);
    return span;
  }

  /** Whether the span goes on after its action has ended. */
  outlives(span: Span): boolean {
    return this.running && span === this.span;
  }

  /** The event is answered with an error. */
  fail(error: unknown): void {
    this.failure = error ?? true;
  }

  finish(): void {
    this.running = false;
    // An error hook may have made a result of the error of the action.
    this.span.error = (this.failure ?? null) as Span['error'];
    this.ctx.finishSpan(this.span);
  }
}

/** The span of the event of a context, while it runs. */
export function eventSpanOf(ctx: object): EventSpan | undefined {
  return (ctx as Traced)[EVENT_SPAN];
}

/** Decides once whether an event has spans: undefined where the broker traces no actions, and with `tracing: false`. */
export function traceOf(
  { broker, service }: GatewayRuntime,
  { plan, action }: BoundTarget,
): StartEventSpan | undefined {
  if (!tracesActions(broker) || !isTraced(plan)) return undefined;
  const actionName = `action '${action}'`;
  return (ctx, path) =>
    new EventSpan(ctx, `event '${plan.name}' in '${path}'`, actionName, service, {
      event: ctx.event === plan.name ? plan.name : printable(ctx.event),
      namespace: path,
      socketID: ctx.socket.id,
      requestID: ctx.requestID,
      nodeID: broker.nodeID,
    });
}

function isTraced({ target }: EventPlan): boolean {
  if (target.kind === 'function') return true;
  const { tracing } = (target.kind === 'proxy' ? target.options : target.action) as { tracing?: unknown };
  return tracing !== false && (tracing as { enabled?: unknown } | undefined)?.enabled !== false;
}
