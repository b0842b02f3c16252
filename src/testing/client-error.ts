import { inspect } from 'node:util';
import type { LoggedErrors } from './logged-errors';
import { framesOf } from './real-time';

/** The origin of an error. */
export interface ErrorSource {
  /** Made where the test has called: its stack is that of the error. */
  readonly origin: Error;
  /** The errors that the gateway has masked and logged. One of them becomes the `cause`. */
  readonly errors: LoggedErrors;
}

/**
 * The error that a client was answered, or the reason why its connection was refused.
 *
 * @example
 * await assert.rejects(ann.emit('message', {}), { name: 'ValidationError', code: 422 });
 */
export class ClientError extends Error {
  /** The name of the error on the wire, as 'ValidationError'; 'ClientError' if it has none. */
  override readonly name: string;
  /** 422 of a `ValidationError`, 401 and 403 of guards; undefined if the error has none, as Socket.IO's 'Invalid namespace'. */
  readonly code: number | string | undefined;
  /** As 'NO_USER'. */
  readonly type: string | undefined;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they expect it
  readonly data: any;

  /**
   * @param error what arrived
   * @param otherwise the message if what arrived has none
   */
  constructor(error: unknown, otherwise: string, { origin, errors }: ErrorSource) {
    const { name, message, code, type, data } = Object(error) as Record<string, unknown>;
    super(typeof message === 'string' ? message : otherwise);
    this.name = typeof name === 'string' ? name : 'ClientError';
    this.code = typeof code === 'number' || typeof code === 'string' ? code : undefined;
    this.type = typeof type === 'string' ? type : undefined;
    this.data = data;
    const logged = errors.find(error);
    if (logged !== undefined) this.cause = new Error(`the gateway has logged: ${logged}`);
    this.stack = `${this.name}: ${this.message}\n${framesOf(origin)}`;
  }
}

/** Returns the result of an answer, in either format of acks: `(error, result)`, or one object with `ok`. */
export function resultOf(event: string, answer: readonly unknown[], source: ErrorSource): unknown {
  const [first, result] = answer;
  if (answer.length === 1 && typeof (first as { ok?: unknown } | null)?.ok === 'boolean') {
    const { ok, data, error } = first as { ok: boolean; data?: unknown; error?: unknown };
    if (ok) return data;
    throw new ClientError(error, `'${event}' was answered with the error ${inspect(error)}`, source);
  }
  if (first === null || first === undefined) return result;
  const shown = inspect(first, { breakLength: Infinity });
  throw new ClientError(
    first,
    `the ack of '${event}' was called with ${shown}: its first argument is an error, and null if there is none`,
    source,
  );
}

/** A refused connection, as socket.io-client describes it. */
interface ConnectFailure extends Error {
  readonly data?: object;
  readonly description?: unknown;
}

/** Returns the error of a refused connection: that of the gateway, or that of the HTTP server before it. */
export function refusalOf(failure: ConnectFailure, namespace: string, source: ErrorSource): ClientError {
  const { data, message, description } = failure;
  const otherwise = `the gateway refused the client in '${namespace}'`;
  // Middlewares of the application may refuse with any data.
  if (data)
    return new ClientError('code' in data ? { message, ...data } : { message, data }, otherwise, source);
  if (description === undefined) {
    const named = message === 'Invalid namespace' ? `${message} '${namespace}'` : message;
    return new ClientError({ message: named }, otherwise, source);
  }
  // The request of the handshake failed: a refused origin, another path. It is a status, an error, or the event of one.
  const { message: text = description } = Object(description) as { message?: unknown };
  const reason = typeof text === 'string' ? text : inspect(text);
  const status = /\b[45]\d\d\b/.exec(reason)?.[0];
  const code = status === undefined ? undefined : Number(status);
  return new ClientError({ message: `the handshake failed: ${message}, ${reason}`, code }, otherwise, source);
}
