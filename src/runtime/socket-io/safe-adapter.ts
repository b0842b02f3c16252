import { EventEmitter } from 'node:events';
import type { Namespace, Server, ServerOptions, Socket } from 'socket.io';
import { isPromise, type Report } from '../errors/run-safely';
import { REPORT, safeListening } from './safe-listeners';
import { namespacesOf } from './namespace-tables';

/*
 * Socket.IO drops the promises of an adapter, and calls some of its methods where a throw ends the process. The adapters of our
 * servers get a prototype that reports their failures, between them and their class: they stay the objects that the application
 * knows. A failure that a caller can handle goes on to the caller: it fails the event or the action.
 */

type AdapterClass = NonNullable<ServerOptions['adapter']>;

interface SafeAdapter {
  readonly nsp: Namespace;
  readonly [REPORT]: Report;
}

type Method = (this: SafeAdapter, ...args: unknown[]) => unknown;
type Methods = Partial<Record<string, Method>>;
/** Returns the method under which a method of an adapter fails safely. `find` returns the method itself. */
type Wrap = (name: string, find: () => Method) => Method;

/** Methods that Socket.IO calls where nothing can handle a failure: it is reported, and goes no further. */
const QUIET = ['close', 'delAll', 'persistSession'];
/** Methods whose promises Socket.IO drops. A rejection is reported; a caller that awaits the promise gets it, too. */
const DROPPED = [
  'init',
  'del',
  'broadcast',
  'broadcastWithAck',
  'addSockets',
  'delSockets',
  'disconnectSockets',
  'serverSideEmit',
  'socketRooms',
];

const quiet: Wrap = (name, find) =>
  function (...args) {
    const failed = (error: unknown): void => {
      this[REPORT](failureOf(name), error);
    };
    try {
      const result = find().apply(this, args);
      return isPromise(result) ? result.then(undefined, failed) : result;
    } catch (error) {
      failed(error);
      return undefined;
    }
  };

const reporting: Wrap = (name, find) =>
  function (...args) {
    const result = find().apply(this, args);
    if (isPromise(result)) {
      result.then(undefined, (error: unknown) => {
        this[REPORT](failureOf(name), error);
      });
    }
    return result;
  };

/** Disconnects a socket that could not join the room of its own id: messages to it would be lost. */
const joining: Wrap = (name, find) =>
  function (...args) {
    const [id, rooms] = args as [Socket['id'], ReadonlySet<string>];
    const result = find().apply(this, args);
    if (isPromise(result)) {
      result.then(undefined, (error: unknown) => {
        this[REPORT](failureOf(name), error);
        if (rooms.has(id)) this.nsp.sockets.get(id)?.disconnect();
      });
    }
    return result;
  };

const WRAPS: ReadonlyMap<string, Wrap> = new Map([
  ...QUIET.map((name) => [name, quiet] as const),
  ...DROPPED.map((name) => [name, reporting] as const),
  ['addAll', joining],
]);

/** Makes all adapters of a server safe: those of its namespaces, also of later ones, and those that it is given by `adapter()`. */
export function makeAdaptersSafe(io: Server, report: Report): void {
  const choose = io.adapter.bind(io) as (...chosen: AdapterClass[]) => unknown;
  const chooseSafe = (...chosen: AdapterClass[]): unknown =>
    choose(...chosen.map((adapter) => safeAdapterClass(adapter, report)));
  Object.assign(io, { adapter: chooseSafe });
  const makeSafe = ({ adapter }: Namespace): void => {
    makeAdapterSafe(adapter, report);
  };
  for (const namespace of namespacesOf(io).values()) makeSafe(namespace);
  io.on('new_namespace', makeSafe);
}

/** Returns a class of adapters whose instances are safe before Socket.IO calls `init`. It is the given class in all else. */
export function safeAdapterClass(adapter: AdapterClass, report: Report): AdapterClass {
  const safe: AdapterClass = new Proxy(adapter, {
    construct(target, args, newTarget) {
      const made = Reflect.construct(target, args, newTarget === safe ? target : newTarget) as object;
      makeAdapterSafe(made, report);
      return made;
    },
  });
  return safe;
}

/** Makes one adapter safe. Does nothing the second time. */
function makeAdapterSafe(adapter: object, report: Report): void {
  if (Object.hasOwn(adapter, REPORT)) return;
  Object.defineProperty(adapter, REPORT, { value: report });
  // Methods may be properties of the adapter itself, too: arrow functions.
  const own = adapter as Methods;
  for (const [name, wrap] of WRAPS) {
    const method = Object.hasOwn(adapter, name) ? own[name] : undefined;
    if (typeof method === 'function') own[name] = wrap(name, () => method);
  }
  const prototype = Object.getPrototypeOf(adapter) as object;
  Object.setPrototypeOf(adapter, safePrototypeOf(prototype));
  if (adapter instanceof EventEmitter && prototype !== baseOf(prototype)) adapter.on('error', reportEvent);
}

const safePrototypes = new WeakMap<object, object>();

function safePrototypeOf(prototype: object): object {
  const known = safePrototypes.get(prototype);
  if (known) return known;
  const safe = Object.create(prototype) as Methods;
  const methods = prototype as Methods;
  const base = baseOf(prototype) as Methods | undefined;
  for (const [name, wrap] of WRAPS) {
    // The methods of Socket.IO's own class do not fail.
    if (typeof methods[name] === 'function' && methods[name] !== base?.[name])
      safe[name] = wrap(name, () => methods[name] as Method);
  }
  // Applications listen to rooms: `adapter.on('join-room', …)`.
  if (prototype instanceof EventEmitter) Object.assign(safe, safeListening(prototype));
  safePrototypes.set(prototype, safe);
  return safe;
}

/** Returns the prototype of Socket.IO's own class of adapters; undefined if the class does not extend it. */
function baseOf(prototype: object): object | undefined {
  let base: unknown = prototype;
  while (typeof base === 'object' && base !== null) {
    const parent: unknown = Object.getPrototypeOf(base);
    if (parent === EventEmitter.prototype) return base;
    base = parent;
  }
  return undefined;
}

function reportEvent(this: SafeAdapter, error: unknown): void {
  this[REPORT]("the adapter reports an 'error'", error);
}

function failureOf(method: string): string {
  return `${method}() of the adapter failed`;
}
