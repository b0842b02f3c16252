import { ServiceUnavailableError } from '../../errors';
import { boundedDelay } from './bounded-delay';
import { isPromise } from './run-safely';

/**
 * Runs a middleware that continues by calling `next`. Rejects with what it passes to `next`, throws or rejects with.
 *
 * @param timeout in milliseconds; Infinity for no limit
 * @param type of the error 503 after the timeout
 * @param onTimeout called after the timeout
 */
export function runMiddleware(
  timeout: number,
  type: string,
  run: (next: (error?: unknown) => void) => unknown,
  onTimeout?: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(timeout)
      ? setTimeout(() => {
          onTimeout?.();
          reject(new ServiceUnavailableError(type));
        }, boundedDelay(timeout)).unref()
      : undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    const refuse = (error: unknown): void => {
      settle(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever was thrown is told apart later
        reject(error);
      });
    };
    try {
      const running = run((error) => {
        if (error) refuse(error);
        else settle(resolve);
      });
      if (isPromise(running)) running.then(undefined, refuse);
    } catch (error) {
      refuse(error);
    }
  });
}
