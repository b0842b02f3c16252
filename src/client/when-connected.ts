import { DEFAULT_TIMEOUT_MS, type CallOptions } from './call';
import { timedOut } from './call-error';
import type { SocketLike } from './socket-like';
import { startTimer } from './timer';

/**
 * Waits until a socket is connected that is not.
 *
 * @throws CallError `TIMEOUT` if it is not in time; the reason of the signal if it is aborted
 */
export async function whenConnected(
  socket: SocketLike,
  { timeout = DEFAULT_TIMEOUT_MS, signal }: CallOptions,
  event: string,
): Promise<void> {
  let end = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = startTimer(timeout, () => {
        reject(timedOut(event, timeout, false));
      });
      const onAbort = (): void => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason of a signal may be anything
        reject(signal?.reason);
      };
      end = () => {
        clearTimeout(timer);
        socket.off('connect', resolve);
        signal?.removeEventListener('abort', onAbort);
      };
      socket.on('connect', resolve);
      signal?.addEventListener('abort', onAbort);
    });
  } finally {
    end();
  }
}
