import type { Client } from '../clients/client';
import { createStore } from '../store';
import { previewOf } from './preview';

/** Entries beyond this are dropped, the oldest first. */
export const MAX_ENTRIES = 5000;
/** Entries of neighbouring ids are rendered together. */
export const CHUNK = 50;

/** The answer to an event. */
export type Answer =
  | { readonly state: 'waiting' }
  | { readonly state: 'ok' | 'error'; readonly value: unknown; readonly milliseconds: number }
  /** The client disconnected before it came. */
  | { readonly state: 'lost' };

/** Something that happened to a client. */
export interface Entry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly clientId: number;
  readonly clientName: string;
  readonly color: number;
  readonly kind: 'sent' | 'received' | 'connection';
  /** The event, or what happened. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** The arguments in one line. */
  readonly preview: string;
  readonly tone: 'neutral' | 'good' | 'bad';
  /** The answer to an event that was sent. */
  readonly answer?: Answer;
  /** Answers a question of the server; undefined if it asks none. */
  readonly reply?: (value: unknown) => void;
  /** The answer to a question of the gateway. */
  readonly replied?: { readonly value: unknown };
}

export const timelineStore = createStore<readonly Entry[]>([]);

let lastId = 0;
let waiting: Entry[] = [];
let changes = new Map<number, Partial<Entry>>();
let isScheduled = false;

/** Logs an event that a client sends. Returns the id of the entry. */
export function logSent(client: Client, name: string, args: readonly unknown[], answer?: Answer): number {
  return add(client, { kind: 'sent', name, args, tone: 'neutral', ...(answer && { answer }) });
}

/** Logs an event that a client receives. A function at the end of its arguments answers it. */
export function logReceived(client: Client, name: string, args: readonly unknown[]): void {
  const last = args.at(-1);
  if (typeof last !== 'function') {
    add(client, { kind: 'received', name, args, tone: 'neutral' });
    return;
  }
  const ack = last as (value: unknown) => void;
  const id: number = add(client, {
    kind: 'received',
    name,
    args: args.slice(0, -1),
    tone: 'neutral',
    reply(value) {
      ack(value);
      changeEntry(id, { replied: { value } });
    },
  });
}

/** Logs that a client has connected or not. */
export function logConnection(
  client: Client,
  name: string,
  text: string,
  tone: Entry['tone'],
  data?: unknown,
): void {
  add(client, { kind: 'connection', name, args: data === undefined ? [] : [data], tone, preview: text });
}

/** Logs the answer to an event. */
export function changeEntry(id: number, change: Partial<Entry>): void {
  changes.set(id, { ...changes.get(id), ...change });
  schedule();
}

/** Notes that answers to a client do not come any more. */
export function loseAnswers(clientId: number): void {
  flush();
  for (const { id, answer, clientId: owner } of timelineStore.get())
    if (owner === clientId && answer?.state === 'waiting')
      changeEntry(id, { answer: { state: 'lost' }, tone: 'bad' });
}

export function clearTimeline(): void {
  flush();
  timelineStore.set([]);
}

type NewEntry = Pick<Entry, 'kind' | 'name' | 'args' | 'tone' | 'answer' | 'reply'> & {
  readonly preview?: string;
};

function add({ id: clientId, name: clientName, color }: Client, entry: NewEntry): number {
  const id = ++lastId;
  waiting.push({ preview: previewOf(entry.args), ...entry, id, at: Date.now(), clientId, clientName, color });
  schedule();
  return id;
}

// A thousand events at once are one rendering. A hidden page renders now and then, too.
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  if (document.visibilityState === 'visible') requestAnimationFrame(flush);
  else setTimeout(flush, 200);
}

function flush(): void {
  isScheduled = false;
  if (waiting.length === 0 && changes.size === 0) return;
  let entries = [...timelineStore.get(), ...waiting];
  if (changes.size > 0) entries = entries.map((entry) => changed(entry, changes.get(entry.id)));
  waiting = [];
  changes = new Map();
  if (entries.length > MAX_ENTRIES) {
    // Whole chunks, so that the others stay as they are.
    const oldest = Math.ceil(((entries.at(-1)?.id ?? 0) - MAX_ENTRIES) / CHUNK) * CHUNK;
    entries = entries.filter(({ id }) => id >= oldest);
  }
  timelineStore.set(entries);
}

function changed(entry: Entry, change: Partial<Entry> | undefined): Entry {
  return change ? { ...entry, ...change } : entry;
}
