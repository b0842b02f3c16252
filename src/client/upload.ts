import { DEFAULT_TIMEOUT_MS, type CallOptions } from './call';
import { CallError, disconnected, timedOut } from './call-error';
import { CHUNK_BYTES, chunksOf, packetSize, sizeOf, type UploadSource } from './chunks';
import { readAnswer } from './read-answer';
import { newStreamId } from './stream-id';
import { startTimer } from './timer';
import { waitForConnection } from './wait-for-connection';
import type { RawSocket } from './socket-like';

/** Options of an upload. */
export interface UploadOptions {
  /** Ends the upload when it is aborted. */
  signal?: AbortSignal;
  /** Time in which the client must connect, and the gateway accept a chunk or answer. Default: 10_000 (ms). */
  timeout?: number;
  /** Called when the gateway has accepted a chunk, with the bytes so far and, unless it is a stream, those of the whole. */
  onProgress?: (sent: number, total: number | undefined) => void;
}

/** Maximum chunks that are sent and not acknowledged. */
const MAX_UNACKNOWLEDGED = 8;
/** Maximum bytes of them together, unless it is a single chunk. */
const WINDOW_BYTES = MAX_UNACKNOWLEDGED * CHUNK_BYTES;

/** Sends an event and what is uploaded with it, and settles with the answer. */
export async function upload(
  socket: RawSocket,
  options: CallOptions & UploadOptions,
  event: string,
  args: readonly unknown[],
  source: UploadSource,
): Promise<unknown> {
  const { timeout = DEFAULT_TIMEOUT_MS, signal, onProgress } = options;
  const chunks = chunksOf(source);
  try {
    signal?.throwIfAborted();
    if (!socket.connected) await waitForConnection(socket, options, event);
  } catch (error) {
    chunks.cancel();
    throw error;
  }
  const id = newStreamId();
  const total = sizeOf(source);

  /** No more chunks are sent. */
  let isOver = false;
  /** All chunks are sent. */
  let isSent = false;
  let isDone = false;
  let underWay = 0;
  let bytesUnderWay = 0;
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
  /** Waits for the gateway, and not while only the source is waited for. */
  const watch = (isAwaited: boolean): void => {
    clearTimeout(timer);
    if (isAwaited && !isDone)
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
    watch(true);
    wake();
  };
  socket.on('disconnect', onDisconnect);
  socket.on('$stream:cancel', onCancel);
  signal?.addEventListener('abort', onAbort);

  const send = async (): Promise<void> => {
    let seq = 0;
    for await (const chunk of chunks) {
      const size = packetSize(chunk);
      const hasCredit = (): boolean =>
        underWay === 0 || (underWay < MAX_UNACKNOWLEDGED && bytesUnderWay + size <= WINDOW_BYTES);
      while (!hasCredit() && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      if (isOver) return;
      bytesUnderWay += size;
      if (underWay++ === 0) watch(true);
      socket.emit('$stream:chunk', id, seq++, chunk, () => {
        underWay--;
        bytesUnderWay -= size;
        sent += chunk instanceof Uint8Array ? chunk.byteLength : 0;
        watch(underWay > 0 || isSent || isOver);
        if (!isOver) onProgress?.(sent, total);
        wake();
      });
    }
    if (isOver) return;
    isSent = true;
    socket.emit('$stream:end', id);
    watch(true);
  };
  send().catch((error: unknown) => {
    if (isOver) return;
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
    isOver = isDone = true;
    clearTimeout(timer);
    socket.off('disconnect', onDisconnect);
    socket.off('$stream:cancel', onCancel);
    signal?.removeEventListener('abort', onAbort);
    wake();
    chunks.cancel();
  }
}
