import { inspectResult } from './inspect-result';
import { isPlainData } from './plain-data';

/**
 * The error that a client gets as `connect_error`. Socket.IO serializes it where a throw would end the process, so its
 * properties are plain and can be serialized.
 */
export class ConnectError extends Error {
  readonly #made = true;
  /** Undefined if it cannot be serialized. */
  readonly data: unknown;

  /** @param error a value that an application uses as an error: it may have a message, and data */
  constructor(error: { readonly message?: unknown; readonly data?: unknown }) {
    super(messageOf(error) ?? 'refused');
    this.data = serializableData(error);
  }

  /** Returns true for a ConnectError. Unlike `instanceof`, runs no code of a proxy. */
  static is(value: unknown): value is ConnectError {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/** Returns the message of an error; undefined if it cannot be read. */
export function messageOf(error: { readonly message?: unknown }): string | undefined {
  try {
    const { message } = error;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function serializableData(error: { readonly data?: unknown }): unknown {
  try {
    const { data } = error;
    if (!isPlainData(data) && inspectResult(data).resources.size > 0) return undefined;
    return JSON.stringify(data) === undefined ? undefined : data;
  } catch {
    return undefined;
  }
}
