import type { Context } from 'moleculer';
import { spansArePlain, tracerOf } from '../moleculer/internals';

/** A span of Moleculer's. */
export type Span = ReturnType<Context['startSpan']>;

/** What Moleculer's spans are made of, in both of its majors. */
export interface SpanOptions {
  readonly id?: string | undefined;
  readonly type?: string;
  readonly traceID?: string | null | undefined;
  readonly parentID?: string | null | undefined;
  readonly service?: string | SpanService | undefined;
  readonly sampled?: boolean | null | undefined;
  readonly priority?: number;
  readonly tags?: object;
}

interface SpanService {
  readonly name?: string;
  readonly version?: string | number | undefined;
  readonly fullName?: string;
}

type LightSpanClass = new (ctx: Context, name: string, options: SpanOptions) => Span;

let LightSpan: LightSpanClass | undefined;

/**
 * What `startSpan` of a context does, for less. Moleculer's constructor redefines four properties of every span, which
 * costs more than all else that a span does. What is made here has the same prototype and the same properties.
 *
 * @returns undefined where it is for Moleculer to make the span, or for the application
 */
export function startLightSpan(ctx: Context, name: string, options: SpanOptions): Span | undefined {
  // A span within a span is made by the outer one.
  if (!LightSpan || ctx.span || !spansArePlain(ctx.broker)) return undefined;
  const span = new LightSpan(ctx, name, options);
  span.start();
  (ctx as object as { _spanStack: Span[] })._spanStack.push(span);
  ctx.span = span;
  return span;
}

/** From now on spans can be made as Moleculer has made this one. */
export function learnSpan(ctx: Context, span: Span): Span {
  if (spansArePlain(ctx.broker)) LightSpan ??= lightClassOf(Object.getPrototypeOf(span) as object);
  return span;
}

/** @param prototype of Moleculer's spans */
function lightClassOf(prototype: object): LightSpanClass {
  function Unconstructed(): void {
    // In place of Moleculer's constructor.
  }
  Unconstructed.prototype = prototype;

  class Light extends (Unconstructed as object as new () => object) {
    readonly name: string;
    readonly type: string;
    readonly id: string;
    readonly traceID: string;
    readonly parentID: string | null | undefined;
    readonly service: SpanService | undefined;
    readonly priority: number;
    readonly sampled: boolean;
    readonly startTime = null;
    readonly startTicks = null;
    readonly finishTime = null;
    readonly duration = null;
    readonly error = null;
    readonly logs: readonly object[] = [];
    readonly tags: object;
    // Moleculer's are properties that are not enumerable, since exporters copy spans.
    readonly #ctx: Context;
    readonly #options: SpanOptions;
    #meta: object | undefined;

    constructor(ctx: Context, name: string, options: SpanOptions) {
      super();
      const { broker } = ctx;
      const tracer = tracerOf(broker);
      const { id, service } = options;
      this.#ctx = ctx;
      this.#options = options;
      this.name = name;
      this.type = options.type ?? 'custom';
      this.id = id ?? broker.generateUid();
      this.traceID = options.traceID ?? this.id;
      this.parentID = options.parentID;
      this.service = service ? described(service) : undefined;
      this.priority = options.priority ?? 5;
      this.tags = { ...tracer.defaultTags, ...options.tags };
      this.sampled = options.sampled ?? tracer.shouldSample(this);
    }

    get tracer(): object {
      return tracerOf(this.#ctx.broker);
    }

    get logger(): object {
      return tracerOf(this.#ctx.broker).logger;
    }

    get opts(): object {
      const { defaultTags } = tracerOf(this.#ctx.broker);
      return { type: 'custom', defaultTags, ctx: this.#ctx, ...this.#options, parentSpan: undefined };
    }

    get meta(): object {
      return (this.#meta ??= {});
    }
  }
  return Light as object as LightSpanClass;
}

/** What is kept of a service, or of its name. */
function described(service: string | SpanService): SpanService {
  if (typeof service === 'string') return { name: service, fullName: service };
  const { name, version, fullName } = service;
  return { name, version, fullName };
}
