import { socketOf } from '../clients/connections';
import type { Client } from '../clients/client';
import { announce } from '../shell/announce';
import { changeEntry, logSent } from '../timeline/timeline';

interface Outcome {
  readonly state: 'ok' | 'error';
  readonly value: unknown;
}

/**
 * Sends an event and logs it, with its answer.
 *
 * @param answered called with the answer; undefined: no answer is asked for
 * @returns the id of the entry in the timeline
 */
export function sendEvent(
  client: Client,
  name: string,
  args: readonly unknown[],
  answered: ((outcome: Outcome) => void) | undefined,
): number | undefined {
  const socket = socketOf(client.id);
  if (!socket?.connected) return undefined;
  const id = logSent(client, name, args, answered && { state: 'waiting' });
  if (!answered) {
    socket.emit(name, ...args);
    return id;
  }
  const start = performance.now();
  socket.emit(name, ...args, (...answer: unknown[]) => {
    const milliseconds = performance.now() - start;
    const outcome = readAnswer(answer);
    changeEntry(id, { answer: { ...outcome, milliseconds }, tone: outcome.state === 'ok' ? 'good' : 'bad' });
    announce(`${name} ${describe(outcome)}`);
    answered(outcome);
  });
  return id;
}

/** Reads an answer in either format of acks: `(error, result)`, or one object with `ok`. */
function readAnswer(answer: readonly unknown[]): Outcome {
  const [first, result] = answer;
  const { ok, data, error } = (first ?? {}) as { ok?: unknown; data?: unknown; error?: unknown };
  if (answer.length === 1 && typeof ok === 'boolean')
    return ok ? { state: 'ok', value: data } : { state: 'error', value: error };
  return first === null || first === undefined
    ? { state: 'ok', value: result }
    : { state: 'error', value: first };
}

function describe({ state, value }: Outcome): string {
  if (state === 'ok') return 'was answered.';
  const { code, message } = (value ?? {}) as { code?: number | string; message?: string };
  return `was refused: ${[code, message].filter((one) => one !== undefined).join(' ')}`;
}
