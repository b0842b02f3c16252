import { inspect } from 'node:util';
import { framesOf } from './real-time';

/**
 * What a client was answered instead of a result, or why its connection was refused.
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
   * @param origin where the test has called, for the stack
   */
  constructor(error: unknown, otherwise: string, origin: Error) {
    const { name, message, code, type, data } = Object(error) as Record<string, unknown>;
    super(typeof message === 'string' ? message : otherwise);
    this.name = typeof name === 'string' ? name : 'ClientError';
    this.code = typeof code === 'number' || typeof code === 'string' ? code : undefined;
    this.type = typeof type === 'string' ? type : undefined;
    this.data = data;
    this.stack = `${this.name}: ${this.message}\n${framesOf(origin)}`;
  }
}

/** Returns the result of an answer, in either format of acks: `(error, result)`, or one object with `ok`. */
export function resultOf(event: string, answer: readonly unknown[], origin: Error): unknown {
  const [first, result] = answer;
  if (answer.length === 1 && typeof (first as { ok?: unknown } | null)?.ok === 'boolean') {
    const { ok, data, error } = first as { ok: boolean; data?: unknown; error?: unknown };
    if (ok) return data;
    throw new ClientError(error, `'${event}' was answered with the error ${inspect(error)}`, origin);
  }
  if (first === null || first === undefined) return result;
  const shown = inspect(first, { breakLength: Infinity });
  throw new ClientError(
    first,
    `the ack of '${event}' was called with ${shown}: its first argument is an error, and null if there is none`,
    origin,
  );
}

/** A refused connection, as socket.io-client describes it. */
interface ConnectFailure extends Error {
  readonly data?: object;
  readonly description?: unknown;
}

/** Returns the error of a refused connection: that of the gateway, or that of the HTTP server before it. */
export function refusalOf(failure: ConnectFailure, namespace: string, origin: Error): ClientError {
  const { data, message, description } = failure;
  const otherwise = `the gateway refused the client in '${namespace}'`;
  if (data) return new ClientError({ message, ...data }, otherwise, origin);
  if (description === undefined) return new ClientError({ message, name: 'ClientError' }, otherwise, origin);
  // The request of the handshake failed: a refused origin, another path.
  const reason = description instanceof Error ? description.message : inspect(description);
  const status = /\b[45]\d\d\b/.exec(reason)?.[0];
  const text = `the handshake failed: ${message}, ${reason}`;
  return new ClientError({ message: text, code: status && Number(status) }, otherwise, origin);
}
