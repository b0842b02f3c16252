/**
 * What a client gets as `connect_error`. Socket.IO reads and writes it where nobody catches what that throws, so it
 * holds only what can be written.
 */
export class ConnectError extends Error {
  readonly #made = true;
  /** Undefined where it cannot be written. */
  readonly data: unknown;

  /** @param error what an application calls an error: it may have a message, and data */
  constructor(error: { readonly message?: unknown; readonly data?: unknown }) {
    super(messageOf(error) ?? 'refused');
    this.data = writableData(error);
  }

  /** Unlike `instanceof`, asks nothing of a value that may not want to be asked. */
  static is(value: unknown): value is ConnectError {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/** The message of an error, where it has one that can be read. */
export function messageOf(error: { readonly message?: unknown }): string | undefined {
  try {
    const { message } = error;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function writableData(error: { readonly data?: unknown }): unknown {
  try {
    const { data } = error;
    return JSON.stringify(data) === undefined ? undefined : data;
  } catch {
    return undefined;
  }
}
