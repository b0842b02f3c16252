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
  return NOT_FOUND.has(wire.type) ? withPrintableAction(wire) : wire;
}

/** The types of Moleculer's errors that repeat the name of an action which does not exist: a client may have made it up. */
const NOT_FOUND = new Set<string | undefined>(['SERVICE_NOT_FOUND', 'SERVICE_NOT_AVAILABLE']);

function withPrintableAction(wire: WireError): WireError {
  const { action } = (wire.data ?? {}) as { action?: unknown };
  if (typeof action !== 'string' || printable(action) === action) return wire;
  const shown = printable(action);
  return {
    ...wire,
    message: wire.message.replaceAll(action, () => shown),
    data: { ...(wire.data as object), action: shown },
  };
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

function isProblemOfParams(entry: unknown): boolean {
  return (
    typeof entry === 'object' && entry !== null && 'action' in entry && 'nodeID' in entry && 'type' in entry
  );
}

function withoutNode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nodeID' in value || 'stack' in value)) return value;
  const { nodeID: _nodeID, stack: _stack, ...shown } = value as Record<string, unknown>;
  return shown;
}
