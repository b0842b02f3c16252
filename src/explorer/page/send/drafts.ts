import type { EventToSend, Namespace } from '../contract/contract';
import type { Schemas } from '../contract/schema';
import { initialValue } from '../form/initial-value';
import { parseJson, toJsonText } from '../form/json-text';
import { readSaved, save } from '../saved';
import { createStore } from '../store';

/** The values entered for an event. They are kept until they are cleared. */
export interface Draft {
  readonly mode: 'form' | 'json';
  /** The arguments, as the form has them. */
  readonly values: readonly unknown[];
  /** The text of the mode `'json'`: the payload, or a list of arguments where there is not exactly one. */
  readonly text: string;
  /** The name of the event, where it can be chosen. */
  readonly name: string;
  /** Sends without asking for an answer. */
  readonly isSilent: boolean;
}

/** Larger drafts, as those of files, are not kept for the next visit. */
const MAX_LENGTH = 100_000;

/** The drafts of this visit, by the keys of their events. */
export const draftsStore = createStore<Readonly<Record<string, Draft>>>({});

/** Returns the draft of an event: of this visit, of an earlier one, or a fresh one. */
export function draftOf(namespace: Namespace, event: EventToSend, schemas: Schemas): Draft {
  const key = keyOf(namespace, event);
  return draftsStore.get()[key] ?? readDraft(key) ?? freshDraft(event, schemas);
}

/** Changes the draft of an event. */
export function changeDraft(
  namespace: Namespace,
  event: EventToSend,
  schemas: Schemas,
  change: Partial<Draft>,
): void {
  const key = keyOf(namespace, event);
  const draft = { ...draftOf(namespace, event, schemas), ...change };
  draftsStore.set({ ...draftsStore.get(), [key]: draft });
  const text = toJsonText(draft.values);
  save(() => localStorage, key, text.length > MAX_LENGTH ? undefined : { ...draft, values: text });
}

/** Begins the draft of an event anew. */
export function clearDraft(namespace: Namespace, event: EventToSend, schemas: Schemas): void {
  const key = keyOf(namespace, event);
  const { mode } = draftOf(namespace, event, schemas);
  draftsStore.set({ ...draftsStore.get(), [key]: { ...freshDraft(event, schemas), mode } });
  save(() => localStorage, key, undefined);
}

/** Returns the text for the mode `'json'`. */
export function textOfValues({ args }: EventToSend, values: readonly unknown[]): string {
  if (args.length === 1) return values[0] === undefined ? '' : toJsonText(values[0], 2);
  return toJsonText(values, 2);
}

function keyOf({ address, key }: Namespace, { name }: EventToSend): string {
  return `draft:${address ?? key}:${name}`;
}

function freshDraft(event: EventToSend, schemas: Schemas): Draft {
  const values = event.args.map(({ schema }) => initialValue(schema, schemas));
  return { mode: 'form', values, text: textOfValues(event, values), name: '', isSilent: false };
}

function readDraft(key: string): Draft | undefined {
  const saved = readSaved(() => localStorage, key) as Partial<Record<keyof Draft, unknown>> | undefined;
  if (typeof saved !== 'object' || typeof saved.values !== 'string') return undefined;
  const values = parseJson(saved.values);
  if (!Array.isArray(values)) return undefined;
  return {
    mode: saved.mode === 'json' ? 'json' : 'form',
    // JSON has no undefined.
    values: (values as unknown[]).map((value) => value ?? undefined),
    text: typeof saved.text === 'string' ? saved.text : '',
    name: typeof saved.name === 'string' ? saved.name : '',
    isSilent: saved.isSilent === true,
  };
}
