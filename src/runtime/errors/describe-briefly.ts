import { inspect } from 'node:util';
import { printable } from '../../plan/printable';

/**
 * Returns what was thrown as a part of one line of the log: its message without the stack, at most 100 characters, without control
 * characters. Clients may have written it. Never throws.
 */
export function describeBriefly(thrown: unknown): string {
  try {
    return printable(messageOf(thrown) ?? inspect(thrown, { depth: 1, breakLength: Infinity }));
  } catch {
    return 'a value that cannot be inspected';
  }
}

/** Returns undefined if the value is no error. The stack of an error begins with its name, and would be the rest of it. */
function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown === 'string') return thrown;
  const { message, name } = Object(thrown) as { message?: unknown; name?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return thrown instanceof Error ? String(name) : undefined;
}
