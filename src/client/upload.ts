import { DEFAULT_TIMEOUT_MS, type CallOptions } from './call';
import { CallError, disconnected, timedOut } from './call-error';
import { chunksOf, sizeOf, type UploadSource } from './chunks';
import { readAnswer } from './read-answer';
import { newStreamId } from './stream-id';
import { startTimer } from './timer';
import { waitForConnection } from './wait-for-connection';
import type { RawSocket } from './socket-like';

/** Options of an upload. */
export interface UploadOptions {
  /** Ends the upload when it is aborted. */
  signal?: AbortSignal;
  /** Time in which the gateway must accept a chunk or answer. Default: 10_000 (ms). */
  timeout?: number;
  /** Called when the gateway has accepted a chunk, with the bytes so far and, unless it is a stream, those of the whole. */
  onProgress?: (sent: number, total: number | undefined) => void;
}

/** Maximum chunks that are sent and not acknowledged. */
const MAX_UNACKNOWLEDGED = 8;

/** Sends an event and what is uploaded with it, and settles with the answer. */
export async function upload(
  socket: RawSocket,
  { timeout = DEFAULT_TIMEOUT_MS, signal, onProgress }: CallOptions & UploadOptions,
  event: string,
  args: readonly unknown[],
  source: UploadSource,
): Promise<unknown> {
  const id = newStreamId();
  const total = sizeOf(source);
  await waitForConnection(socket, { timeout, ...(signal && { signal }) }, event);
  signal?.throwIfAborted();

  let isOver = false;
  let underWay = 0;
  let sent = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Lets the sender go on, whatever it waits for.
  let wake = (): void => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const answer = new Promise<unknown>((resolve, reject) => {
    fail = (error) => {
      isOver = true;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason of a signal may be anything
      reject(error);
      wake();
    };
    socket.emit(event, ...args, { $stream: id, upload: true }, (...given: unknown[]) => {
      const outcome = readAnswer(given);
      if (!outcome.ok) fail(new CallError(event, Object(outcome.error) as object));
      isOver = true;
      if (outcome.ok) resolve(outcome.data);
      wake();
    });
  });
  const restart = (): void => {
    clearTimeout(timer);
    timer = startTimer(timeout, () => {
      fail(timedOut(event, timeout, true));
    });
  };
  const onDisconnect = (reason: string): void => {
    fail(disconnected(event, reason));
  };
  const onAbort = (): void => {
    fail(signal?.reason);
  };
  // The gateway wants no more: its answer says why.
  const onCancel = (cancelled: unknown): void => {
    if (cancelled !== id) return;
    isOver = true;
    wake();
  };
  socket.on('disconnect', onDisconnect);
  socket.on('$stream:cancel', onCancel);
  signal?.addEventListener('abort', onAbort);

  const send = async (): Promise<void> => {
    let seq = 0;
    for await (const chunk of chunksOf(source)) {
      while (underWay >= MAX_UNACKNOWLEDGED && !isOver)
        await new Promise<void>((resolve) => (wake = resolve));
      if (isOver) return;
      underWay++;
      socket.emit('$stream:chunk', id, seq++, chunk, () => {
        underWay--;
        sent += chunk instanceof Uint8Array ? chunk.byteLength : 0;
        restart();
        if (!isOver) onProgress?.(sent, total);
        wake();
      });
    }
    socket.emit('$stream:end', id);
  };
  restart();
  const sending = send().catch((error: unknown) => {
    if (socket.connected)
      socket.emit('$stream:end', id, { name: 'Error', message: 'The source of the upload failed.' });
    fail(error);
  });
  try {
    return await answer;
  } catch (error) {
    if (socket.connected) socket.emit('$stream:cancel', id);
    throw error;
  } finally {
    isOver = true;
    clearTimeout(timer);
    socket.off('disconnect', onDisconnect);
    socket.off('$stream:cancel', onCancel);
    signal?.removeEventListener('abort', onAbort);
    wake();
    void sending;
  }
}
