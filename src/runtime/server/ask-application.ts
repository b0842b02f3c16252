import type { IncomingMessage } from 'node:http';
import { runSafely, type Report } from '../errors/run-safely';

/** Answers whether a request may go on: null, or why not. */
export type Verdict = (refused: string | null) => void;

export const UNCHECKED = 'the request could not be checked';

/** A handshake that the application's code is asked about. */
export interface Handshake {
  readonly request: IncomingMessage;
  /** Milliseconds that the code has for its answer. */
  readonly timeoutMs: number;
  readonly report: Report;
}

/**
 * Asks code of the application's for a verdict: there is one, in bounded time, whatever the code does.
 *
 * @param what the name of the code, for the log
 */
export function ask(
  what: string,
  { timeoutMs, report }: Handshake,
  verdict: Verdict,
  run: (say: Verdict, failed: Report) => unknown,
): void {
  let answered = false;
  const say: Verdict = (refused) => {
    if (answered) return;
    answered = true;
    clearTimeout(timer);
    verdict(refused);
  };
  const failed: Report = (_what, error) => {
    report(`${what} failed, the handshake is refused`, error);
    say(UNCHECKED);
  };
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => {
        failed('', new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs).unref()
    : undefined;
  runSafely('', failed, () => run(say, failed));
}
