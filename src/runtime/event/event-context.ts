import type { CallingOptions, Context, ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import type { SocketContext } from '../../types';
import { finishSignal, makeSignal, type EventState } from './abort-signal';
import { calledContext } from './called-context';
import {
  callsArePlain,
  contextClassOf,
  type ActionEndpoint,
  type ContextClass,
} from '../moleculer/internals';
import type { SocketSession } from '../model';
import { eventSpanOf } from '../observe/event-span';

/** Makes the context of an event; its id may be left to Moleculer. */
export type SocketContextClass = new (
  broker: ServiceBroker,
  endpoint: ActionEndpoint | undefined,
  id: string | undefined,
  session: SocketSession,
  event: string,
  args: readonly unknown[],
  meta: object,
) => EventContext;

const STATE = Symbol('state');
const SIGNAL = Symbol('signal');
const ORIGINAL = Symbol('original');

/** A context of an event as the runtime sees it. */
export type EventContext = SocketContext & { [STATE]: EventState };

/**
 * The event of a context is done, or its handler took too long and only hooks are left.
 *
 * @param failure undefined where it went well
 */
export function finishEvent(ctx: EventContext, failure: unknown): void {
  const state = ctx[STATE];
  // A second time there is nothing to add: a hook may have forgiven a timeout.
  if (state && 'socket' in state) ctx[STATE] = finishSignal(state, ctx, failure);
}

const classes = new WeakMap<ContextClass, SocketContextClass>();
let plainClass: SocketContextClass | undefined;

/** The class of the contexts of events: the broker's own class of contexts, and the parts of the socket. */
export function socketContextClassOf(broker: ServiceBroker): SocketContextClass {
  const Base = contextClassOf(broker);
  if (callsArePlain(broker)) return (plainClass ??= extend(Base, true));
  let extended = classes.get(Base);
  if (!extended) {
    extended = extend(Base, false);
    classes.set(Base, extended);
  }
  return extended;
}

/** @param plain a call is what Moleculer makes of it */
function extend(Base: ContextClass, plain: boolean): SocketContextClass {
  class SocketEventContext extends Base {
    declare socket: Socket;
    declare args: readonly unknown[];
    declare namespace: string;
    declare nspParams: Readonly<Record<string, string>>;
    declare [STATE]: EventState;
    declare [SIGNAL]: AbortSignal | undefined;
    /** Of a copy, the context that it was made of. */
    declare [ORIGINAL]: SocketEventContext | undefined;

    constructor(
      broker: ServiceBroker,
      endpoint?: ActionEndpoint,
      id?: string,
      session?: SocketSession,
      event = '',
      args: readonly unknown[] = [],
      meta: object = {},
    ) {
      // Without a broker, Moleculer makes no id.
      super(id === undefined ? broker : (undefined as never), endpoint);
      // Moleculer makes copies with the broker alone.
      if (!session) return;
      if (id !== undefined) {
        this.broker = broker;
        this.nodeID = broker.nodeID;
        this.id = id;
      }
      this.options = {};
      this.meta = meta;
      this.params = args.length > 0 ? args[0] : {};
      this.requestID = session.requestID ?? this.id;
      this[STATE] = session;
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

    /** What Moleculer's own method does, for calls that name no options where nobody changes what a call is. */
    override call<T>(action: string, params?: unknown, options?: CallingOptions): Promise<T> {
      const { broker } = this;
      if (options !== undefined || !plain || (this.options.timeout ?? 0) > 0)
        return super.call(action, params as object, options as CallingOptions);
      const called = calledContext(this, params, { ...this.meta });
      const takeMeta = (): void => {
        Object.assign(this.meta, called.meta);
      };
      return broker.call<T, object>(action, params as object, { ctx: called } as object).then(
        (result) => {
          takeMeta();
          return result;
        },
        (error: unknown) => {
          takeMeta();
          throw error;
        },
      );
    }

    /** Moleculer's tracing of the handler's action goes into the span of the event. */
    override startSpan(...span: Parameters<Context['startSpan']>): ReturnType<Context['startSpan']> {
      return eventSpanOf(this)?.join(...span) ?? super.startSpan(...span);
    }

    override finishSpan(...span: Parameters<Context['finishSpan']>): void {
      if (!eventSpanOf(this)?.outlives(span[0])) super.finishSpan(...span);
    }

    /** Moleculer copies a context to call its action once more; the copy belongs to the same event. */
    override copy(...endpoint: Parameters<Context['copy']>): this {
      const copy: this = super.copy(...endpoint) as this;
      const { socket, args, event, namespace, nspParams } = this;
      copy[ORIGINAL] = this[ORIGINAL] ?? this;
      if (eventSpanOf(this)) copy.parentID = this.id;
      return Object.assign(copy, { socket, args, event, namespace, nspParams });
    }
  }
  return SocketEventContext as object as SocketContextClass;
}
