import { createStore } from '../store';
import type { Entry } from './timeline';

/** Which entries are shown. */
export interface Filter {
  readonly text: string;
  /** Undefined: of all clients. */
  readonly clientId: number | undefined;
}

export const filterStore = createStore<Filter>({ text: '', clientId: undefined });

/** Returns the entries that a filter lets through. */
export function filterEntries(entries: readonly Entry[], { text, clientId }: Filter): readonly Entry[] {
  const query = text.trim().toLowerCase();
  if (query === '' && clientId === undefined) return entries;
  return entries.filter(
    (entry) =>
      (clientId === undefined || entry.clientId === clientId) &&
      (query === '' || `${entry.name}\n${entry.preview}\n${entry.clientName}`.toLowerCase().includes(query)),
  );
}
