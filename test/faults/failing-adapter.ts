import type { Namespace } from 'socket.io';
import { Adapter, SessionAwareAdapter } from 'socket.io-adapter';

/*
 * Adapters that fail in the method, and in the way, that a test wants.
 */

export const METHODS = [
  'constructor',
  'init',
  'close',
  'addAll',
  'del',
  'delAll',
  'broadcast',
  'broadcastWithAck',
  'sockets',
  'socketRooms',
  'fetchSockets',
  'addSockets',
  'delSockets',
  'disconnectSockets',
  'serverSideEmit',
  'persistSession',
  'restoreSession',
  'serverCount',
] as const;

/** `reports`: the adapter emits `error`. */
export type Way = 'throws' | 'rejects' | 'rejects later' | 'reports';

/** The fault that the test wants. */
export const fault: { method?: string | undefined; way?: Way | undefined } = {};

function fail(adapter: Adapter, method: string, otherwise: () => unknown): unknown {
  if (fault.method !== method) return otherwise();
  const error = new Error(`${method} is down`);
  switch (fault.way) {
    case 'throws':
      throw error;
    case 'rejects':
      return Promise.reject(error);
    case 'rejects later':
      return new Promise((_resolve, reject) => setTimeout(() => reject(error), 5));
    default:
      adapter.emit('error', error);
      return otherwise();
  }
}

type AdapterClass = new (namespace: Namespace) => Adapter;

/** A class of adapters that fail. */
function failing(Base: AdapterClass): AdapterClass {
  class FailingAdapter extends Base {
    constructor(namespace: Namespace) {
      super(namespace);
      if (fault.way === 'throws') fail(this, 'constructor', () => undefined);
    }
  }
  for (const method of METHODS) {
    if (method === 'constructor') continue;
    const original = Base.prototype[method] as (...args: unknown[]) => unknown;
    Object.defineProperty(FailingAdapter.prototype, method, {
      value(this: Adapter, ...args: unknown[]) {
        return fail(this, method, () =>
          method === 'serverSideEmit' ? undefined : original.apply(this, args),
        );
      },
      writable: true,
      configurable: true,
    });
  }
  return FailingAdapter;
}

/** The same, with methods that are properties of the adapter. */
function failingByArrows(Base: AdapterClass): AdapterClass {
  return class ArrowAdapter extends Base {
    constructor(namespace: Namespace) {
      super(namespace);
      for (const method of METHODS) {
        if (method === 'constructor') continue;
        const original = Base.prototype[method] as (...args: unknown[]) => unknown;
        Object.assign(this, {
          [method]: (...args: unknown[]) =>
            fail(this, method, () => (method === 'serverSideEmit' ? undefined : original.apply(this, args))),
        });
      }
    }
  };
}

/**
 * Returns a class of adapters that fail.
 *
 * @param recovery it keeps sessions
 * @param arrows its methods are properties of the adapter
 */
export function failingAdapter({
  recovery = false,
  arrows = false,
}: {
  recovery?: boolean;
  arrows?: boolean;
}): AdapterClass {
  const Base = recovery ? (SessionAwareAdapter as AdapterClass) : Adapter;
  return arrows ? failingByArrows(Base) : failing(Base);
}
