import type { Client } from './run-gateway';

/*
 * Speaks the stream wire as docs/wire.md describes it, without the helper of the library.
 */

const WINDOW = 8;
let last = 0;

export function newStreamId(): string {
  return `s-${++last}`;
}

/** What came of a stream that answers an event. */
export interface Download {
  readonly id: string;
  /** The error of the answer. */
  readonly refused: any;
  /** What the answer was, where it was no stream. */
  readonly result: any;
  /** The data of all chunks, in order. */
  readonly chunks: any[];
  readonly seqs: number[];
  /** The error that the stream ended with. */
  readonly error: any;
  readonly ended: boolean;
}

/** Options of `download`. */
export interface DownloadOptions {
  readonly id?: string;
  /** Called for each chunk, before it is acknowledged. Returns false to leave it without an answer. */
  readonly onChunk?: (data: any, seq: number) => unknown;
  readonly onAnswer?: (id: string) => void;
  /** False: the data of chunks is not kept. */
  readonly keeps?: boolean;
}

/** Sends an event, takes the stream that answers it, and resolves when it has ended. */
export function download(
  client: Client,
  event: string,
  args: unknown[] = [],
  { id = newStreamId(), onChunk, onAnswer, keeps = true }: DownloadOptions = {},
): Promise<Download> {
  return new Promise((resolve) => {
    const chunks: unknown[] = [];
    const seqs: number[] = [];
    const finish = (rest: object): void => {
      client.off('$stream:chunk', take);
      client.off('$stream:end', end);
      client.off('disconnect', gone);
      resolve({
        id,
        refused: undefined,
        result: undefined,
        chunks,
        seqs,
        error: undefined,
        ended: false,
        ...rest,
      });
    };
    const take = (of: string, seq: number, data: unknown, ack: () => void): void => {
      if (of !== id) return;
      if (keeps) chunks.push(data);
      seqs.push(seq);
      void Promise.resolve(onChunk?.(data, seq)).then((answer) => {
        if (answer !== false) ack();
      });
    };
    const end = (of: string, error?: unknown): void => {
      if (of === id) finish({ error, ended: true });
    };
    const gone = (): void => finish({ error: 'gone' });
    client.on('$stream:chunk', take);
    client.on('$stream:end', end);
    client.on('disconnect', gone);
    client.emit(event, ...args, { $stream: id }, (error: unknown, result: any) => {
      if (error) finish({ refused: error });
      else if (result?.$stream === id) onAnswer?.(id);
      else finish({ result });
    });
  });
}

/** What came of an event with an upload. */
export interface Upload {
  readonly error: any;
  readonly result: any;
  /** How many chunks the gateway has taken. */
  readonly taken: number;
  /** True if the gateway has told the client to stop. */
  readonly stopped: boolean;
}

/** Options of `upload`. */
export interface UploadOptions {
  readonly id?: string;
  /** False: the end of the upload is not sent. */
  readonly ends?: boolean;
  /** Called before each chunk. */
  readonly beforeChunk?: (seq: number) => void | Promise<void>;
}

/** Sends an event and a stream, and resolves with the answer. */
export function upload(
  client: Client,
  event: string,
  args: unknown[],
  chunks: Iterable<unknown> | AsyncIterable<unknown>,
  { id = newStreamId(), ends = true, beforeChunk }: UploadOptions = {},
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    let taken = 0;
    let underWay = 0;
    let stopped = false;
    let isAnswered = false;
    let wake = (): void => undefined;
    const stop = (of: string): void => {
      if (of !== id) return;
      stopped = true;
      wake();
    };
    client.on('$stream:cancel', stop);
    client.emit(event, ...args, { $stream: id, upload: true }, (error: unknown, result: unknown) => {
      isAnswered = true;
      wake();
      // What stops the client is sent right after the answer.
      setImmediate(() => {
        client.off('$stream:cancel', stop);
        resolve({ error, result, taken, stopped });
      });
    });
    const send = async (): Promise<void> => {
      let seq = 0;
      for await (const data of chunks) {
        await beforeChunk?.(seq);
        while (underWay >= WINDOW && !stopped && !isAnswered)
          await new Promise<void>((resume) => (wake = resume));
        if (stopped || isAnswered) return;
        underWay++;
        client.emit('$stream:chunk', id, seq++, data, (refusal?: unknown) => {
          underWay--;
          if (!refusal) taken++;
          wake();
        });
      }
      if (ends) client.emit('$stream:end', id);
    };
    send().catch(reject);
  });
}

/** Bytes that differ from chunk to chunk. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Cuts bytes into chunks. */
export function chunksOf(bytes: Buffer, size = 65_536): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
