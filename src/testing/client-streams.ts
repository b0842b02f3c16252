import { CallError } from '../client/call-error';
import { receiveStream } from '../client/receive-stream';
import type { RawSocket } from '../client/socket-like';
import { splitUpload } from '../client/split-upload';
import { upload } from '../client/upload';
import { ClientError, type ErrorSource } from './client-error';
import { failureAt, nextTurn, within } from './real-time';

/** A client that sends or takes a stream, and where its test does so. */
export interface StreamingClient extends ErrorSource {
  readonly socket: RawSocket;
  /** Time in which something must come, in milliseconds. */
  readonly timeout: number;
  /** Says what came instead of what is waited for. */
  readonly describeReceived: () => string;
}

/** The kit measures time itself: timers of the test may be faked. */
const NO_TIMEOUT = { timeout: Infinity };

/** Sends an event and what is uploaded with it, and returns the answer. Fails if nothing of it is taken for the timeout. */
export async function uploadFrom(
  client: StreamingClient,
  event: string,
  given: readonly unknown[],
): Promise<unknown> {
  const { args, source, options } = splitUpload(event, given);
  const { timeout = client.timeout, signal, onProgress } = options;
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort(signal?.reason);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  let restart = (): void => undefined;
  const uploading = upload(
    client.socket,
    {
      ...NO_TIMEOUT,
      signal: stop.signal,
      onProgress(sent, total) {
        restart();
        onProgress?.(sent, total);
      },
    },
    event,
    args,
    source,
  );
  const late = (): string =>
    `nothing of the upload '${event}' was taken and no answer came for ${timeout} ms; ${client.describeReceived()}`;
  try {
    const answer = await within(timeout, uploading, late, client.origin, (begin) => (restart = begin));
    await nextTurn();
    return answer;
  } catch (error) {
    stop.abort(error);
    throw shown(client, event, error);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Sends an event and gives what the stream that answers it brings. Fails if nothing comes for the timeout. */
export async function* takeStream(
  client: StreamingClient,
  event: string,
  args: readonly unknown[],
): AsyncGenerator<unknown, void> {
  const { timeout, origin, socket } = client;
  const stop = new AbortController();
  const items = receiveStream(socket, { ...NO_TIMEOUT, signal: stop.signal }, event, args);
  const late = (): string =>
    `nothing of the stream '${event}' came for ${timeout} ms; ${client.describeReceived()}`;
  try {
    for (;;) {
      const { done, value } = await within(timeout, items.next(), late, origin);
      if (done === true) return;
      yield value;
    }
  } catch (error) {
    throw shown(client, event, error);
  } finally {
    stop.abort();
    await items.return();
    // A test that takes streams in a loop would keep the event loop from timers.
    await nextTurn();
  }
}

/** Returns an error as the kit throws it: that of the gateway, or what the kit says of the connection. */
function shown({ origin, errors }: StreamingClient, event: string, error: unknown): unknown {
  if (!(error instanceof CallError)) return error;
  const { type, message, data } = error;
  if (type === 'NOT_A_STREAM' && data === undefined)
    return failureAt(origin, `'${event}' is not answered with a stream: use emit('${event}', …)`);
  if (type === 'DISCONNECTED' && data === undefined) return failureAt(origin, message);
  return new ClientError(error, message, { origin, errors });
}
