import type { Service } from 'moleculer';
import type { EventPlan } from '../../plan/plan';
import { printable } from '../../plan/printable';
import type { SocketContext } from '../../types';
import type { EventSpan, EventSteps, Gateway, Span, StartEventSpan } from '../model';
import { tracesActions } from '../moleculer/internals';

const EVENT_SPAN = Symbol('event span');

/** A context whose event may have a span. */
interface Traced {
  [EVENT_SPAN]?: EventSpan;
}

/**
 * The one span of an event, from its guards to its last hook. What Moleculer's tracing records about the action of the
 * handler goes into this span, because both are the same work: they have the same id.
 */
class SpanOfEvent implements EventSpan {
  private readonly span: Span;
  private failure: unknown;
  private running = true;

  /** @param actionName the name that Moleculer gives the span of the action by default */
  constructor(
    private readonly ctx: SocketContext & Traced,
    name: string,
    private readonly actionName: string,
    service: Service,
    tags: object,
  ) {
    const { id, parentID, requestID, tracing } = ctx;
    const options = { id, type: 'event', traceID: requestID, parentID, sampled: tracing, service, tags };
    this.span = ctx.startSpan(name, options);
    ctx.tracing = this.span.sampled;
    ctx[EVENT_SPAN] = this;
  }

  join(name: string, options: Record<string, unknown> = {}): Span | undefined {
    const { ctx, span } = this;
    if (!this.running || options['type'] !== 'action' || options['id'] !== ctx.id) return undefined;
    // The option spanName.
    if (name !== this.actionName) span.name = name;
    span.addTags((options['tags'] ?? {}) as Record<string, unknown>);
    return span;
  }

  outlives(span: Span): boolean {
    return this.running && span === this.span;
  }

  fail(error: unknown): void {
    this.failure = error ?? true;
  }

  finish(): void {
    this.running = false;
    // An error hook may have replaced the error of the action with a result.
    this.span.error = (this.failure ?? null) as Span['error'];
    this.ctx.finishSpan(this.span);
  }
}

/** Returns the span of the event that a context belongs to, while the event runs. */
export function eventSpanOf(ctx: object): EventSpan | undefined {
  return (ctx as Traced)[EVENT_SPAN];
}

/** Returns the function that starts the spans of an event; undefined if the broker traces no actions, or with `tracing: false`. */
export function traceOf(
  { broker, service }: Gateway,
  { plan, action }: EventSteps,
): StartEventSpan | undefined {
  if (!tracesActions(broker) || !isTraced(plan)) return undefined;
  const actionName = `action '${action}'`;
  return (ctx, path) =>
    new SpanOfEvent(ctx, `event '${plan.name}' in '${path}'`, actionName, service, {
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
