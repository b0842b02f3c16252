import type { Context, ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import { shareInjectedAck } from '../../plan/injected-ack';
import type { ContextPresence, SocketContext } from '../../types';
import type { EventContextClass, EventState, SocketSession } from '../model';
import { contextClassOf, type ActionEndpoint, type ContextClass } from '../moleculer/internals';
import { eventSpanOf } from '../observe/event-span';
import { finishSignal, makeSignal } from './abort-signal';
import { presenceOfSocket } from './context-presence';
import { RESOURCES, type ResourceOwner } from './owned-resources';
import type { Exchange } from '../stream/exchange';

type SpanOptions = Parameters<Context['startSpan']>[1];
type Span = Parameters<Context['finishSpan']>[0];

const STATE = Symbol('state');
const SIGNAL = Symbol('signal');
const ORIGINAL = Symbol('original');
const EXCHANGE = Symbol('exchange');

/**
 * Ends the event of a context. Does nothing the second time: an error hook may have handled a timeout.
 *
 * @param failure undefined if the event succeeded
 */
export function finishEvent(ctx: SocketContext, failure: unknown): void {
  const event = ctx as SocketContext & { [STATE]?: EventState };
  const state = event[STATE];
  if (state && 'socket' in state) event[STATE] = finishSignal(state, ctx, failure);
}

/** Returns the context of the event that a context belongs to: itself, or the one that it is a copy of. */
export function eventOf(ctx: SocketContext): ResourceOwner {
  const event = ctx as object as ResourceOwner & { [ORIGINAL]?: ResourceOwner };
  return event[ORIGINAL] ?? event;
}

/** Gives the context of an event what its client has offered. */
export function setExchange(ctx: SocketContext, exchange: Exchange): void {
  (ctx as object as { [EXCHANGE]?: Exchange })[EXCHANGE] = exchange;
}

/** Returns what the client of an event has offered; undefined if it offered no stream. */
export function exchangeOf(ctx: SocketContext): Exchange | undefined {
  return (eventOf(ctx) as { [EXCHANGE]?: Exchange })[EXCHANGE];
}

const classes = new WeakMap<ContextClass, EventContextClass>();

/** Returns the class of the contexts of events: the broker's own class of contexts with the parts of the socket. */
export function eventContextClassOf(broker: ServiceBroker): EventContextClass {
  const Base = contextClassOf(broker);
  const known = classes.get(Base) ?? extend(Base);
  classes.set(Base, known);
  return known;
}

function extend(Base: ContextClass): EventContextClass {
  class EventContext extends Base {
    declare socket: Socket;
    declare args: readonly unknown[];
    declare namespace: string;
    declare nspParams: Readonly<Record<string, string>>;
    declare [STATE]: EventState;
    declare [SIGNAL]: AbortSignal | undefined;
    declare [RESOURCES]: ResourceOwner[typeof RESOURCES];
    declare [EXCHANGE]: Exchange | undefined;
    /** The context that a copy was made of. */
    declare [ORIGINAL]: EventContext | undefined;

    constructor(
      broker: ServiceBroker,
      endpoint?: ActionEndpoint,
      session?: SocketSession,
      event?: string,
      args: readonly unknown[] = [],
      meta: object = {},
    ) {
      super(broker, endpoint);
      // Moleculer makes copies with the broker alone.
      if (!session) return;
      this.broker = session.gateway.broker;
      this.options = {};
      this.meta = meta;
      this.params = args.length > 0 ? args[0] : {};
      if (session.requestID !== undefined) this.requestID = session.requestID;
      this[STATE] = session;
      this[RESOURCES] = undefined;
      this[EXCHANGE] = undefined;
      this.socket = session.socket;
      this.args = args;
      this.event = event as string & Context['event'];
      this.namespace = session.socket.nsp.name;
      this.nspParams = session.nspParams;
    }

    get signal(): AbortSignal {
      const event = this[ORIGINAL] ?? this;
      return (event[SIGNAL] ??= makeSignal(event[STATE], event as object as SocketContext));
    }

    get presence(): ContextPresence {
      return presenceOfSocket(this.socket);
    }

    /** Joins Moleculer's span of the handler's action with the span of the event. */
    override startSpan(name: string, options?: SpanOptions): ReturnType<Context['startSpan']> {
      return eventSpanOf(this)?.join(name, options) ?? super.startSpan(name, options);
    }

    override finishSpan(span: Span, time?: number): void {
      if (!eventSpanOf(this)?.outlives(span)) super.finishSpan(span, time);
    }

    /** Makes the copy belong to the same event: Moleculer copies a context to call its action again. */
    override copy(...endpoint: Parameters<Context['copy']>): this {
      const copy: this = super.copy(...endpoint) as this;
      const { socket, args, event, namespace, nspParams } = this;
      const { stream } = this as { stream?: unknown };
      copy[ORIGINAL] = this[ORIGINAL] ?? this;
      if (eventSpanOf(this)) copy.parentID = this.id;
      Object.assign(copy, { socket, args, event, namespace, nspParams, stream });
      shareInjectedAck(this as object as SocketContext, copy as object as SocketContext);
      return copy;
    }
  }
  return EventContext as object as EventContextClass;
}
