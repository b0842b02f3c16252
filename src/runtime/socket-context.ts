import type { Context, ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import type { SocketContext } from '../types';
import { contextClassOf, type ActionEndpoint, type ContextClass } from './moleculer-internals';
import { EventAbort } from './abort-signal';
import type { SocketSession } from './socket-session';

/** Makes the context of an event. */
export type SocketContextClass = new (
  broker: ServiceBroker,
  endpoint: ActionEndpoint | undefined,
  session: SocketSession,
  event: string,
  args: readonly unknown[],
  meta: object,
) => EventContext;

/** A context of an event as the runtime sees it. */
export type EventContext = SocketContext & {
  /** The event is done: its error, if it was answered with one. */
  finish(error: unknown): void;
};

const classes = new WeakMap<ContextClass, SocketContextClass>();

/** The class of the contexts of events: the broker's own class of contexts, and the parts of the socket. */
export function socketContextClassOf(broker: ServiceBroker): SocketContextClass {
  const Base = contextClassOf(broker);
  let extended = classes.get(Base);
  if (!extended) {
    extended = extend(Base);
    classes.set(Base, extended);
  }
  return extended;
}

function extend(Base: ContextClass): SocketContextClass {
  class SocketEventContext extends Base {
    declare socket: Socket;
    declare args: readonly unknown[];
    declare namespace: string;
    declare nspParams: Readonly<Record<string, string>>;
    #session: SocketSession | undefined;
    #abort: EventAbort | undefined;
    /** Copies belong to the same event. */
    #original: SocketEventContext = this;

    constructor(
      broker: ServiceBroker,
      endpoint?: ActionEndpoint,
      session?: SocketSession,
      event = '',
      args: readonly unknown[] = [],
      meta: object = {},
    ) {
      super(broker, endpoint);
      // Moleculer makes copies with the broker alone.
      if (!session) return;
      this.options = {};
      this.meta = meta;
      this.params = args.length > 0 ? args[0] : {};
      this.#session = session;
      this.socket = session.socket;
      this.args = args;
      this.event = event as string & Context['event'];
      this.namespace = session.socket.nsp.name;
      this.nspParams = session.nspParams;
    }

    get signal(): AbortSignal {
      // Without a session nothing has begun that could be broken off.
      const event = this.#original;
      event.#abort ??= new EventAbort(event.#session as SocketSession);
      return event.#abort.signal;
    }

    /** The event is done: its error, if it was answered with one. */
    finish(error: unknown): void {
      this.#abort?.finish(error);
    }

    /** Moleculer copies a context to call its action once more; the copy belongs to the same event. */
    override copy(...endpoint: Parameters<Context['copy']>): this {
      const copy: this = super.copy(...endpoint) as this;
      const { socket, args, event, namespace, nspParams } = this;
      copy.#original = this.#original;
      return Object.assign(copy, { socket, args, event, namespace, nspParams });
    }
  }
  return SocketEventContext as object as SocketContextClass;
}
