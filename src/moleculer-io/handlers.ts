import type { Service } from 'moleculer';
import type { Socket } from 'socket.io';
import { DeclarationError } from '../errors';
import { callOf } from './action-call';
import { runSafely, type Report } from '../runtime/errors/run-safely';
import type { ActionProxyOptions, AckFunction } from '../types';
import { namespacesOf, type Namespaces, type NamespaceSettings } from './namespaces';

/** A listener of sockets, as moleculer-io makes it of an event. */
export type Handler = (this: Socket, ...args: never[]) => unknown;

/** The listeners of the events, by namespace and event: `settings.io.handlers`. */
export type Handlers = Record<string, Record<string, Handler>>;

/** The parts of `settings.io` that moleculer-io shows to applications. */
interface IoSettings {
  namespaces?: Namespaces;
  handlers?: Handlers;
}

/** The members of services that use the mixin. */
interface IoService {
  settings: { io?: IoSettings };
  socketOnError(error: unknown, respond: AckFunction): unknown;
}

/** The settings that handlers were made of. */
const items = new WeakMap<Handler, ActionProxyOptions>();

/** Sets `settings.io.namespaces` and `settings.io.handlers` of a service that is created. */
export function setHandlers(service: Service): void {
  const { settings } = service as object as IoService;
  const namespaces = namespacesOf(service.schema);
  settings.io = { ...settings.io, namespaces, handlers: makeHandlers(service, namespaces) };
}

/**
 * Returns the events of a handler, as the settings of a namespace have them. The application may have added some to
 * `settings.io.handlers`.
 *
 * @throws DeclarationError if there is no such handler
 */
export function eventsOfHandler(service: Service, handlerName: string): NamespaceSettings['events'] {
  const { handlers = {} } = (service as object as IoService).settings.io ?? {};
  const handler = Object.hasOwn(handlers, handlerName) ? handlers[handlerName] : undefined;
  if (!handler) {
    throw new DeclarationError(service.name, [
      {
        where: service.name,
        what: `there is no '${handlerName}' in settings.io.namespaces; declare it there, with createNamespace: false`,
      },
    ]);
  }
  const events = Object.entries(handler).map(([event, listener]) => [event, items.get(listener) ?? listener]);
  return Object.fromEntries(events) as NamespaceSettings['events'];
}

function makeHandlers(service: Service, namespaces: Namespaces): Handlers {
  const entries = Object.entries(namespaces).map(([name, { events = {} }]) => [
    name,
    Object.fromEntries(
      Object.entries(events).map(([event, item]) => [
        event,
        typeof item === 'function' ? item : makeHandler(service, item),
      ]),
    ),
  ]);
  return Object.fromEntries(entries) as Handlers;
}

/** Makes the listener of an event that calls actions. It never rejects: sockets ignore what listeners return. */
function makeHandler(service: Service, item: ActionProxyOptions): Handler {
  const report: Report = (what, error) => {
    service.logger.error(what, error);
  };
  const handler = async function (
    this: Socket,
    action: unknown,
    params?: unknown,
    respond?: unknown,
  ): Promise<void> {
    const hasParams = typeof params !== 'function';
    const last = hasParams ? respond : params;
    const ack = typeof last === 'function' ? (last as AckFunction) : undefined;
    try {
      const asked = { socket: this, action, params: hasParams ? params : {}, handlerItem: item };
      const result: unknown = await callOf(service)(asked);
      ack?.(null, result);
    } catch (error) {
      if (ack)
        runSafely('socketOnError failed', report, () =>
          (service as object as IoService).socketOnError(error, ack),
        );
    }
  };
  items.set(handler, item);
  return handler;
}
