import type { Middleware, Service, ServiceBroker } from 'moleculer';
import type { Namespace } from 'socket.io';
import { isPresencePending, pendingEventsOf } from '../runtime/test-seam';
import { nextTurn, within } from './real-time';

/** In memory, what can go on does so before the next turn of the event loop. More turns are for `setImmediate` in the application. */
const QUIET_TURNS = 3;

type Handler = (ctx: unknown) => unknown;

/** Knows what is under way in a broker: actions, listeners of Moleculer events, events of clients, handshakes. */
export class Activity {
  private readonly running = new Set<{ readonly what: string }>();
  private readonly onStarted = new Map<Service, () => void>();

  /** Must be among the middlewares of the broker before its services are created. */
  readonly middleware: Middleware = {
    localAction: (next: Handler, { name }: { name: string }) => this.watched(next, `the action '${name}'`),
    localEvent: (next: Handler, { name }: { name: string }) =>
      this.watched(next, `the listener of '${name}'`),
    serviceStarted: (service: Service) => {
      this.onStarted.get(service)?.();
    },
  } as Middleware;

  constructor(private readonly namespaces: () => Iterable<Namespace>) {}

  /** Waits until a service has started. It must be called before it has. */
  whenStarted(service: Service): Promise<void> {
    return new Promise((resolve) => this.onStarted.set(service, resolve));
  }

  /** Counts something as under way until it settles. */
  watch<T>(what: string, promise: PromiseLike<T>): void {
    const entry = { what };
    this.running.add(entry);
    const end = (): void => void this.running.delete(entry);
    promise.then(end, end);
  }

  /** Waits until nothing is under way. */
  async settled(timeout: number, origin: Error): Promise<void> {
    let isLate = false;
    const wait = async (): Promise<void> => {
      for (let quiet = 0; quiet < QUIET_TURNS && !isLate;) {
        await nextTurn();
        quiet = this.list().length === 0 ? quiet + 1 : 0;
      }
    };
    const describe = (): string => `after ${timeout} ms this is still under way: ${this.list().join(', ')}`;
    try {
      await within(timeout, wait(), describe, origin);
    } finally {
      isLate = true;
    }
  }

  private watched(next: Handler, what: string): Handler {
    return (ctx) => {
      const result = next(ctx);
      const { then } = Object(result) as { then?: unknown };
      if (typeof then === 'function') this.watch(what, result as PromiseLike<unknown>);
      return result;
    };
  }

  private list(): string[] {
    const found = [...this.running].map(({ what }) => what);
    for (const namespace of this.namespaces()) {
      const [one] = namespace.sockets.values();
      if (one && isPresencePending(one)) found.push(`presence in '${namespace.name}'`);
      for (const socket of namespace.sockets.values()) {
        const pending = pendingEventsOf(socket);
        if (pending > 0) found.push(`${pending} event${pending > 1 ? 's' : ''} of the client ${socket.id}`);
      }
    }
    return found;
  }
}

/** Adds the middleware to a broker that the test has made. Services that it has already are not watched. */
export function watchBroker(broker: ServiceBroker, { middleware }: Activity): void {
  broker.middlewares.add(middleware);
}
