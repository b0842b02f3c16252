import { inspect } from 'node:util';
import type { ReceivedEvent } from './types';

const MAX_EVENTS = 10;
const MAX_TEXT = 120;

/** Returns what a client has received, in words: for a failure. */
export function describeEvents(events: readonly ReceivedEvent[]): string {
  if (events.length === 0) return 'nothing came';
  const shown = events.slice(-MAX_EVENTS).map(({ event, args }) => `'${event}' ${shorten(args)}`);
  const more = events.length - shown.length;
  return `this came instead: ${shown.join('; ')}${more > 0 ? `; and ${more} events before` : ''}`;
}

function shorten(args: readonly unknown[]): string {
  const text = inspect(args, { breakLength: Infinity, depth: 4 });
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
