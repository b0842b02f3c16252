import { useEffect, useState } from 'preact/hooks';

/** A value that components follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

/** Creates a store. */
export function createStore<T>(value: T): Store<T> {
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Returns the value of a store, and renders the component again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, render] = useState<object>();
  const rendered = store.get();
  useEffect(() => {
    const stop = store.subscribe(() => {
      render({});
    });
    // It may have changed between the rendering and this effect.
    if (store.get() !== rendered) render({});
    return stop;
    // `rendered` is that of the first rendering: later ones are followed already.
  }, [store]);
  return rendered;
}
