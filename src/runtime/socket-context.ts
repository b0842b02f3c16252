import type { Context, ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import type { SocketContext, SocketContextParts } from '../types';
import { contextClassOf, type ActionEndpoint, type ContextClass } from './moleculer-internals';

/** What arrived, and on which socket. */
export interface SocketEventParts extends SocketContextParts {
  readonly meta: object;
}

/** Makes the context of an event. */
export type SocketContextClass = new (
  broker: ServiceBroker,
  endpoint?: ActionEndpoint,
  parts?: SocketEventParts,
) => SocketContext;

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

    constructor(broker: ServiceBroker, endpoint?: ActionEndpoint, parts?: SocketEventParts) {
      super(broker, endpoint);
      if (!parts) return;
      this.options = {};
      this.meta = parts.meta;
      this.params = parts.args.length > 0 ? parts.args[0] : {};
      this.take(parts);
    }

    /** Moleculer copies a context to call its action once more; the copy belongs to the same event. */
    override copy(...endpoint: Parameters<Context['copy']>): this {
      const copy: this = super.copy(...endpoint) as this;
      copy.take(this as object as SocketContextParts);
      return copy;
    }

    private take(parts: SocketContextParts): void {
      this.socket = parts.socket;
      this.args = parts.args;
      this.event = parts.event as string & Context['event'];
      this.namespace = parts.namespace;
      this.nspParams = parts.nspParams;
    }
  }
  return SocketEventContext as object as SocketContextClass;
}
