import { Context, type ServiceBroker } from 'moleculer';
import { learnSpan, startLightSpan, type Span, type SpanOptions } from '../observe/light-span';
import type { ContextClass } from '../moleculer/internals';

const ID = Symbol('id');

/** Moleculer's context, with an `id` that a subclass may make later. */
interface ContextWithoutID extends Omit<Context, 'id' | 'startSpan'> {
  startSpan(name: string, options?: SpanOptions): Span;
}

const PlainContext = Context as object as new (broker?: ServiceBroker) => ContextWithoutID;

/**
 * The context of an action that an event calls: what Moleculer itself would make, but for its id, which is made when
 * somebody asks for it. A call that stays on its node and is not traced is never asked, and an id is a good part of what
 * such a call costs.
 */
class CalledContext extends PlainContext {
  declare private [ID]: string | undefined;

  /** Moleculer makes copies with the broker alone. */
  constructor(broker: ServiceBroker) {
    // Without a broker, no id is made.
    super();
    this.broker = broker;
    this.nodeID = broker.nodeID;
  }

  get id(): string | undefined {
    return (this[ID] ??= (this as { broker?: ServiceBroker }).broker?.generateUid());
  }

  set id(id: string | undefined) {
    this[ID] = id;
  }

  override startSpan(name: string, options: SpanOptions = {}): Span {
    const ctx = this as object as Context;
    return startLightSpan(ctx, name, options) ?? learnSpan(ctx, super.startSpan(name, options));
  }
}

const Called = CalledContext as object as ContextClass;

/**
 * The context of a call that `ctx` makes, for brokers whose calls are plain.
 *
 * @param meta what the called may change: a copy, as Moleculer makes it, or the very meta of `ctx`, where nothing else
 *   can look at it meanwhile; then none has to come back
 */
export function calledContext(ctx: Context, params: unknown, meta: object): Context {
  const called = new Called(ctx.broker);
  called.params = params === undefined ? {} : params;
  called.meta = meta;
  called.options = { parentCtx: ctx };
  called.requestID = ctx.requestID;
  called.parentID = ctx.span ? ctx.span.id : ctx.id;
  called.level = ctx.level + 1;
  called.tracing = ctx.tracing;
  called.caller = ctx.service?.fullName ?? null;
  return called;
}
