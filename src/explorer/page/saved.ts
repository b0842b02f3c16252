import { PAGE } from './page-context';

/** Reads what was saved under a name. Returns undefined if there is nothing that can be read. */
export function readSaved(storage: () => Storage, name: string): unknown {
  try {
    const text = storage().getItem(`${PAGE.storageKey}:${name}`);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Saves a value under a name; undefined removes it. A browser that allows no storage, or has no room, saves nothing. */
export function save(storage: () => Storage, name: string, value: unknown): void {
  try {
    const key = `${PAGE.storageKey}:${name}`;
    if (value === undefined) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}
