import type { Namespace } from 'socket.io';
import { pathOf } from '../../plan/paths';
import { printable } from '../../plan/printable';
import { boundedDelay } from '../errors/bounded-delay';
import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import { clientGone, GONE } from './client-gone';

/** The callback of a broadcast with acks. */
export type BroadcastAck = (error: Error | null, responses: unknown) => unknown;

/**
 * Returns how long a broadcast waits for answers, in milliseconds.
 *
 * @param timeout undefined if the broadcast names none: then it waits for `limits.ackTimeout`
 */
export function answerTimeout({ plan }: Gateway, timeout: number | undefined): number {
  return boundedDelay(timeout ?? plan.limits.ackTimeout);
}

/**
 * Returns the callback of a broadcast as Socket.IO shall call it. It never throws. The callback gets an error if clients have gone
 * before they answered, as if they had not answered in time.
 *
 * @param isLimited true if the broadcast waits for `limits.ackTimeout`
 */
export function prepareBroadcastAck(
  gateway: Gateway,
  { name }: Namespace,
  event: string,
  ack: BroadcastAck,
  isLimited: boolean,
): BroadcastAck {
  return (error, responses) => {
    if (error && isLimited) gateway.metrics?.exceeded(pathOf(gateway.plan, name), 'ackTimeout');
    const [failure, answers] = outcomeOf(error, responses);
    runSafely(`the callback of a broadcast of '${printable(event)}' failed`, gateway.report, () =>
      ack(failure, answers),
    );
  };
}

/** @param responses a list, or the response of one socket */
function outcomeOf(error: Error | null, responses: unknown): [Error | null, unknown] {
  if (responses === GONE) return [clientGone({ gone: 1 }), undefined];
  if (!Array.isArray(responses)) return [error, responses];
  const answers = responses.filter((response) => response !== GONE);
  const gone = responses.length - answers.length;
  return [error ?? (gone > 0 ? clientGone({ gone }) : null), answers];
}
