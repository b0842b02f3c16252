import { Errors } from 'moleculer';
import { printable } from '../../plan/printable';
import type { WireError } from '../../types';
import { boundedProblem, MAX_PROBLEMS } from '../../validation/validation-error';

const MASKED_MESSAGE = 'Internal Server Error';

/** An error that came over Moleculer's transporter, whose class is not known here. */
interface RemoteError extends Error {
  nodeID?: unknown;
  retryable?: unknown;
  code?: unknown;
}

/** Makes an `Error` of whatever was thrown; what is none is kept as its `cause`. */
export function toError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // A proxy that does not even say what it is.
  }
  return new Error('a value that is no error was thrown', { cause: thrown });
}

/** Whether clients may see the error as it is: it was made to be shown, as Moleculer's errors are. */
export function isPresentable(error: Error): boolean {
  try {
    if (isMoleculerError(error)) return !isConvertedThrow(error);
    const { nodeID, retryable, code } = error as RemoteError;
    return typeof nodeID === 'string' && typeof retryable === 'boolean' && typeof code === 'number';
  } catch {
    // A getter of its threw: nobody made that to be shown.
    return false;
  }
}

/** By name too: when moleculer-runner restarts a broker, its modules and ours are loaded anew, and the broker's are not. */
function isMoleculerError(error: Error): error is Errors.MoleculerError {
  if (error instanceof Errors.MoleculerError) return true;
  let type: unknown = error.constructor;
  while (typeof type === 'function' && type.name !== 'MoleculerError') type = Object.getPrototypeOf(type);
  return typeof type === 'function';
}

/** An error as a client gets it: no stack, and nothing of the node it happened on. */
export function present(error: Error): WireError {
  const { name, message, code, type, data } = error as unknown as Record<keyof WireError, unknown>;
  const wire: WireError = {
    name: text(name, 'Error'),
    message: text(message, ''),
    code: isCode(code) ? code : 500,
  };
  if (typeof type === 'string' || typeof type === 'number') wire.type = String(type);
  const shown = withoutInternals(data);
  if (shown !== undefined) wire.data = shown;
  return wire;
}

/** The types of Moleculer's errors that repeat the name of an action which does not exist: a client may have made it up. */
const NOT_FOUND = new Set<unknown>(['SERVICE_NOT_FOUND', 'SERVICE_NOT_AVAILABLE']);

/** Returns an error of Moleculer's or, where it repeats what a client sent, a copy with as much of that as may be shown. */
export function withPrintableText(error: Error): Error {
  const { type, data } = error as { type?: unknown; data?: unknown };
  if (Array.isArray(data) && data.some(isProblemOfParams))
    return copyOf(error, { data: data.slice(0, MAX_PROBLEMS).map(withPrintableValues) });
  const { action } = (data ?? {}) as { action?: unknown };
  if (!NOT_FOUND.has(type) || typeof action !== 'string' || printable(action) === action) return error;
  const shorten = (text = ''): string => text.replaceAll(action, () => printable(action));
  return copyOf(error, {
    message: shorten(error.message),
    stack: shorten(error.stack),
    data: { ...(data as object), action: printable(action) },
  });
}

/** Keeps what is not about the value of the client: the action, the node. */
function withPrintableValues(problem: Record<string, unknown>): object {
  const {
    field: _field,
    type: _type,
    message: _message,
    expected: _expected,
    actual: _actual,
    ...rest
  } = problem;
  return { ...rest, ...boundedProblem(problem) };
}

function copyOf(error: Error, changed: object): Error {
  const copy = Object.create(
    Object.getPrototypeOf(error) as object,
    Object.getOwnPropertyDescriptors(error),
  ) as Error;
  for (const [key, value] of Object.entries(changed)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(error, key);
    Object.defineProperty(copy, key, {
      value: value as unknown,
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/**
 * What a client gets in place of an error that may hold secrets.
 *
 * @param requestID under which the error was logged
 */
export function masked(requestID: string | null | undefined): WireError {
  return {
    name: 'InternalServerError',
    message: MASKED_MESSAGE,
    code: 500,
    type: 'INTERNAL_SERVER_ERROR',
    ...(requestID && { data: { requestID } }),
  };
}

/**
 * Moleculer turns a thrown value that is no error into a `MoleculerError`, with the value as its message. It is made
 * in Moleculer's own error handler, which is how it is told from an error that somebody meant.
 */
function isConvertedThrow(error: Errors.MoleculerError): boolean {
  if (error.name !== 'MoleculerError' || error.code !== 500 || error.data !== undefined) return false;
  if (typeof (error.message as unknown) !== 'string') return true;
  const frame = /^ +at .*$/m.exec(String(error.stack))?.[0];
  return frame !== undefined && /error-handler\.|errorHandlerMiddleware/.test(frame);
}

function isCode(code: unknown): code is number | string {
  return typeof code === 'number' || typeof code === 'string';
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** Moleculer writes the node into `data`, and into each entry of a validation error. */
function withoutInternals(data: unknown): unknown {
  if (!Array.isArray(data)) return withoutNode(data);
  // The problems that its validator finds look like those that are found here.
  return data.some(isProblemOfParams)
    ? data.slice(0, MAX_PROBLEMS).map(boundedProblem)
    : data.map(withoutNode);
}

function isProblemOfParams(entry: unknown): entry is Record<string, unknown> {
  return (
    typeof entry === 'object' && entry !== null && 'action' in entry && 'nodeID' in entry && 'type' in entry
  );
}

function withoutNode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nodeID' in value || 'stack' in value)) return value;
  const { nodeID: _nodeID, stack: _stack, ...shown } = value as Record<string, unknown>;
  return shown;
}
