import { DEFAULT_TIMEOUT_MS, type CallOptions } from './call';
import { CallError, disconnected, timedOut } from './call-error';
import { readAnswer } from './read-answer';
import { newStreamId } from './stream-id';
import { startTimer } from './timer';
import { waitForConnection } from './wait-for-connection';
import type { RawSocket } from './socket-like';

/** An arrival: a chunk with the function that asks for one more, the end, or a failure. */
type Arrival =
  | { readonly kind: 'chunk'; readonly data: unknown; readonly acknowledge: () => void }
  | { readonly kind: 'end' }
  | { readonly kind: 'failure'; readonly error: unknown };

/**
 * Sends an event that is answered with a stream, and gives what it brings, one by one. The gateway sends no faster than the
 * loop takes.
 */
export async function* receiveStream(
  socket: RawSocket,
  options: CallOptions,
  event: string,
  args: readonly unknown[],
): AsyncGenerator<unknown, void> {
  const { timeout = DEFAULT_TIMEOUT_MS, signal } = options;
  signal?.throwIfAborted();
  if (!socket.connected) await waitForConnection(socket, options, event);
  const id = newStreamId();
  const arrivals: Arrival[] = [];
  let wake = (): void => undefined;
  /** The stream has ended, so there is nothing to cancel. */
  let isOver = false;
  /** Something has come: from now on, it is the gateway that ends a stream which stands still. */
  let hasBegun = false;
  const arrive = (arrival: Arrival): void => {
    arrivals.push(arrival);
    hasBegun = true;
    wake();
  };
  const fail = (error: unknown): void => {
    arrive({ kind: 'failure', error });
  };
  const onChunk = (of: unknown, _seq: unknown, data: unknown, acknowledge: () => void): void => {
    if (of === id) arrive({ kind: 'chunk', data, acknowledge });
  };
  const onEnd = (of: unknown, error: unknown): void => {
    if (of !== id) return;
    isOver = true;
    if (error === undefined || error === null) arrive({ kind: 'end' });
    else fail(new CallError(event, Object(error) as object));
  };
  const onDisconnect = (reason: string): void => {
    fail(disconnected(event, reason));
  };
  const onAbort = (): void => {
    fail(signal?.reason);
  };
  socket.on('$stream:chunk', onChunk);
  socket.on('$stream:end', onEnd);
  socket.on('disconnect', onDisconnect);
  signal?.addEventListener('abort', onAbort);
  socket.emit(event, ...args, { $stream: id }, (...given: unknown[]) => {
    const outcome = readAnswer(given);
    isOver = !outcome.ok || !isStream(outcome.data, id);
    if (!outcome.ok) fail(new CallError(event, Object(outcome.error) as object));
    else if (isOver) fail(notAStream(event));
  });

  try {
    for (;;) {
      const arrival = arrivals.shift() ?? (await next());
      if (arrival.kind === 'failure') throw arrival.error;
      if (arrival.kind === 'end') return;
      if (Array.isArray(arrival.data)) yield* arrival.data as unknown[];
      else yield arrival.data;
      arrival.acknowledge();
    }
  } finally {
    socket.off('$stream:chunk', onChunk);
    socket.off('$stream:end', onEnd);
    socket.off('disconnect', onDisconnect);
    signal?.removeEventListener('abort', onAbort);
    if (!isOver && socket.connected) socket.emit('$stream:cancel', id);
  }

  async function next(): Promise<Arrival> {
    const timer = startTimer(hasBegun ? Infinity : timeout, () => {
      fail(timedOut(event, timeout, true));
    });
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (arrivals.length > 0) resolve();
    });
    clearTimeout(timer);
    return arrivals.shift() ?? { kind: 'end' };
  }
}

function isStream(result: unknown, id: string): boolean {
  return (result as { $stream?: unknown } | null)?.$stream === id;
}

function notAStream(event: string): CallError {
  const message = `'${event}' is not answered with a stream: use call('${event}', …)`;
  return new CallError(event, { name: 'CallError', message, code: 501, type: 'NOT_A_STREAM' });
}
