import { withSlash } from '../plan/paths';
import type { FunctionPlan } from '../plan/plan';
import type {
  ActionProxyOptions,
  AutoExpose,
  NamespaceMiddlewareFunction,
  PacketMiddlewareFunction,
} from '../types';

/** A namespace in moleculer-io's settings. */
export interface NamespaceSettings {
  /** Whether the method `socketAuthorize` decides which sockets may enter. */
  authorization?: boolean;
  /** `false`: only the handlers are made, for `registerNamespace`. */
  createNamespace?: boolean;
  middlewares?: NamespaceMiddlewareFunction[];
  packetMiddlewares?: PacketMiddlewareFunction[];
  /** Serves actions that carry `socket: 'event'` as events: `true`, or a whitelist. */
  autoExpose?: AutoExpose;
  /** An action proxy, or a function. */
  events?: Record<string, ActionProxyOptions | FunctionPlan['call']>;
}

/** The parts of a service schema that moleculer-io's settings are read from. */
export interface SettingsSchema {
  readonly name: string;
  readonly settings?: object;
  readonly methods?: object;
}

/** The namespaces by their names. */
export type Namespaces = Record<string, NamespaceSettings>;

/** The namespaces that moleculer-io serves if its settings name none. */
const OPEN_CALL: Namespaces = { '/': { events: { call: {} } } };

/**
 * Returns the namespaces of the settings. If none of them is served, and `/` is not declared either, moleculer-io's open
 * event `call` on `/` is among them.
 */
export function namespacesOf({ settings }: SettingsSchema): Namespaces {
  const { io } = (settings ?? {}) as { io?: { namespaces?: Namespaces } };
  const declared = io?.namespaces ?? {};
  const isServed = Object.values(declared).some((item: unknown) => !isTemplate(item));
  return isServed || declaresRoot(declared) ? declared : { ...OPEN_CALL, ...declared };
}

/** Returns the warning about `/`, for settings that leave it out; undefined for others. */
export function warningAboutRoot(namespaces: Namespaces): string | undefined {
  const root = namespaces['/'];
  if (!declaresRoot(namespaces)) {
    return (
      "settings.io.namespaces declares no '/', which is closed therefore; in moleculer-io it has an event 'call' for all actions. " +
      "To serve it, write '/': { events: { call: { whitelist: ['math.*'] } } }; to keep it closed without this warning, " +
      "write '/': { createNamespace: false }"
    );
  }
  if (!root || isTemplate(root) || root.events || root.autoExpose) return undefined;
  return (
    "settings.io.namespaces['/'] has no events; in moleculer-io it has an event 'call' for all actions. " +
    "To serve actions, write events: { call: { whitelist: ['math.*'] } }; to serve none without this warning, write events: {}"
  );
}

function declaresRoot(namespaces: Namespaces): boolean {
  return Object.keys(namespaces).some((name) => withSlash(name) === '/');
}

function isTemplate(item: unknown): boolean {
  return (item as NamespaceSettings | null | undefined)?.createNamespace === false;
}
