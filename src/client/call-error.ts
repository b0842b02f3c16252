/** An error as a gateway sends it. */
interface WireError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly data?: unknown;
}

/**
 * The error of a call that failed. Its properties are those that the gateway has sent. `type` is `TIMEOUT` (code 504) or
 * `DISCONNECTED` (code 503) for errors of the client itself.
 *
 * @example
 * try { await chat.call('message', message); }
 * catch (error) { if (error instanceof CallError && error.code === 422) showProblems(error.data); }
 */
export class CallError extends Error {
  override readonly name: string;
  /** As in HTTP: 401 without a user, 403 not allowed, 404 unknown, 422 not valid, 429 too often, 5xx a fault. */
  readonly code: number | string;
  /** What went wrong, for programs: `EVENT_NOT_FOUND`, `MISSING_ROLE`, … */
  readonly type: string | undefined;
  /** More about it: of a 422, the list of what is not valid. */
  readonly data: unknown;
  /** The event that was sent. */
  readonly event: string;

  constructor(event: string, { name, message, code, type, data }: WireError) {
    super(typeof message === 'string' ? message : `the call of '${event}' failed`);
    this.name = typeof name === 'string' ? name : 'CallError';
    this.code = typeof code === 'number' || typeof code === 'string' ? code : 500;
    this.type = typeof type === 'string' ? type : undefined;
    this.data = data;
    this.event = event;
  }
}

/** Returns the error of an event whose connection broke before its answer. */
export function disconnected(event: string, reason: string): CallError {
  const message = `the connection broke (${reason}) before '${event}' was answered: it may have run`;
  return new CallError(event, { name: 'CallError', message, code: 503, type: 'DISCONNECTED' });
}

/** Returns the error of an event that took too long. */
export function timedOut(event: string, timeout: number, isSent: boolean): CallError {
  const message = isSent
    ? `'${event}' was not answered within ${timeout} ms: it may have run`
    : `'${event}' was not sent within ${timeout} ms: there is no connection`;
  return new CallError(event, { name: 'CallError', message, code: 504, type: 'TIMEOUT' });
}
