import { runSafely, type Report } from '../errors/run-safely';

type Parts = Parameters<AbortSignal['addEventListener']>;
type Listener = NonNullable<Parts[1]>;
type Wrapped = (event: Event) => void;

/** Makes the listeners of a signal safe: Node throws what they throw where it ends the process. */
export function makeSignalSafe(signal: AbortSignal, report: Report): AbortSignal {
  const wrapped = new WeakMap<object, Wrapped>();
  const wrap = (listener: Listener): Wrapped => {
    const known = wrapped.get(listener) ?? safeListener(signal, listener, report);
    wrapped.set(listener, known);
    return known;
  };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  let onabort: Wrapped | null = null;
  Object.defineProperties(signal, {
    addEventListener: {
      value: (type: string, listener: Listener | null, options?: Parts[2]) => {
        if (listener) add(type, wrap(listener), options);
      },
    },
    removeEventListener: {
      value: (type: string, listener: Listener | null, options?: Parts[2]) => {
        if (listener) remove(type, wrap(listener), options);
      },
    },
    onabort: {
      get: () => onabort,
      set(listener: Wrapped | null) {
        if (onabort) remove('abort', wrap(onabort));
        onabort = typeof listener === 'function' ? listener : null;
        if (onabort) add('abort', wrap(onabort));
      },
    },
  });
  return signal;
}

function safeListener(signal: AbortSignal, listener: Listener, report: Report): Wrapped {
  return (event) => {
    runSafely('a listener of ctx.signal failed', report, () =>
      typeof listener === 'function' ? listener.call(signal, event) : listener.handleEvent(event),
    );
  };
}
