import { CallError, disconnected, timedOut } from './call-error';
import { readAnswer } from './read-answer';
import { startTimer } from './timer';
import type { RawSocket } from './socket-like';

/** Options of calls. */
export interface CallOptions {
  /** Timeout of a call, waiting for a connection included. Default: 10_000 (ms). */
  timeout?: number;
  /** Ends the call when it is aborted. The event may have run. */
  signal?: AbortSignal;
  /** Sends the event again after a reconnect if its answer was lost. Only for events that may run twice. Default: false. */
  idempotent?: boolean;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** Sends an event when the socket is connected, and settles with its answer. */
export function call(
  socket: RawSocket,
  { timeout = DEFAULT_TIMEOUT_MS, signal, idempotent = false }: CallOptions,
  event: string,
  args: readonly unknown[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let attempt = 0;
    let isSent = false;

    const end = (settle: () => void): void => {
      clearTimeout(timer);
      attempt++;
      socket.off('connect', send);
      socket.off('disconnect', onDisconnect);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: unknown): void => {
      end(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason of a signal may be anything
        reject(error);
      });
    };
    const onAbort = (): void => {
      fail(signal?.reason);
    };
    const onDisconnect = (reason: string): void => {
      if (!isSent) return;
      isSent = false;
      attempt++;
      // The 'connect' of the next connection sends it again.
      if (idempotent) return;
      fail(disconnected(event, reason));
    };
    const send = (): void => {
      isSent = true;
      const current = ++attempt;
      socket.emit(event, ...args, (...answer: unknown[]) => {
        // The answer to an earlier attempt, or one that comes after the end.
        if (current !== attempt) return;
        const outcome = readAnswer(answer);
        if (outcome.ok) {
          end(() => {
            resolve(outcome.data);
          });
          return;
        }
        const error = new CallError(event, Object(outcome.error) as object);
        // The node stops: the event is sent to the node of the next connection.
        if (idempotent && error.type === 'DRAINING') isSent = false;
        else fail(error);
      });
    };

    const timer = startTimer(timeout, () => {
      fail(timedOut(event, timeout, isSent));
    });
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort);
    socket.on('connect', send);
    socket.on('disconnect', onDisconnect);
    // Without a connection, socket.io-client would keep the event and send it after the timeout, too.
    if (socket.connected) send();
  });
}
