import { DEFAULT_TIMEOUT_MS, type CallOptions } from './call';
import { timedOut } from './call-error';
import type { RawSocket } from './socket-like';
import { startTimer } from './timer';

/**
 * Waits until the socket is connected.
 *
 * @throws CallError `TIMEOUT` after the timeout; the reason of the signal if it is aborted
 */
export function waitForConnection(
  socket: RawSocket,
  { timeout = DEFAULT_TIMEOUT_MS, signal }: CallOptions,
  event: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.off('connect', onConnect);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onConnect = (): void => {
      end(resolve);
    };
    const onAbort = (): void => {
      end(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason of a signal may be anything
        reject(signal?.reason);
      });
    };
    const timer = startTimer(timeout, () => {
      end(() => {
        reject(timedOut(event, timeout, false));
      });
    });
    socket.on('connect', onConnect);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    else if (socket.connected) onConnect();
  });
}
