import { Errors } from 'moleculer';
import { printable } from '../../plan/printable';
import type { WireError } from '../../types';
import { boundedProblem, MAX_PROBLEMS } from '../../validation/validation-error';

const MASKED_MESSAGE = 'Internal Server Error';
/** The length of the longest name that a minifier is expected to give a class. */
const MAX_MINIFIED_LENGTH = 3;

/** The members of a Moleculer error, also of one that another copy of Moleculer or another node has constructed. */
interface MoleculerLike extends Error {
  code?: unknown;
  type?: unknown;
  data?: unknown;
  retryable?: unknown;
}

/**
 * Returns true if clients may see the error as it is: it was made to be shown, as errors of Moleculer's family are.
 *
 * They are told by their properties. Their class is another one after moleculer-runner has restarted the broker, and on
 * errors of other nodes.
 */
export function isPresentable(error: Error): boolean {
  try {
    return isMoleculerError(error) && !isConvertedThrow(error);
  } catch {
    // A getter threw: the error was not made to be shown.
    return false;
  }
}

/** Returns true if the error is of Moleculer's family: it has all properties that Moleculer's constructors set. */
export function isMoleculerError(error: MoleculerLike): boolean {
  if (error instanceof Errors.MoleculerError) return true;
  if (typeof error.code !== 'number' || typeof error.retryable !== 'boolean') return false;
  return Object.hasOwn(error, 'type') && Object.hasOwn(error, 'data');
}

/**
 * Returns an error as a client gets it: without a stack and without the id of the node that it happened on.
 *
 * @param keepsAction true to keep the name of the action in the entries of Moleculer's validator
 */
export function present(error: Error, keepsAction = false): WireError {
  const { message, code, type, data } = error as unknown as Record<keyof WireError, unknown>;
  const wire: WireError = {
    name: nameOf(error),
    message: typeof message === 'string' ? message : '',
    code: isCode(code) ? code : 500,
  };
  if (typeof type === 'string' || typeof type === 'number') wire.type = String(type);
  const shown = withoutInternals(data, keepsAction);
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
 * Returns what a client gets in place of an error that may hold secrets.
 *
 * @param requestID the id under which the error was logged
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
 * Returns true for what Moleculer makes of a thrown value that is no error: a `MoleculerError` of code 500 with the value as
 * its message, without type and data. Nothing tells it from one that an application has constructed like that.
 */
function isConvertedThrow(error: MoleculerLike): boolean {
  const { code, type, data } = error;
  return code === 500 && isMissing(type) && isMissing(data) && mayBeMoleculerError(error);
}

/** Returns true if the class of an error is `MoleculerError`, or was: another node may run a bundle that has renamed it. */
function mayBeMoleculerError(error: MoleculerLike): boolean {
  const name = nameOf(error);
  if (name === 'MoleculerError') return true;
  return !(error instanceof Errors.MoleculerError) && name.length <= MAX_MINIFIED_LENGTH;
}

function nameOf(error: Error): string {
  return typeof (error.name as unknown) === 'string' ? error.name : 'Error';
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isCode(code: unknown): code is number | string {
  return typeof code === 'number' || typeof code === 'string';
}

/** Removes the ids of nodes. Moleculer writes the id of the node into `data`, and into each entry of a validation error. */
function withoutInternals(data: unknown, keepsAction: boolean): unknown {
  if (!Array.isArray(data)) return withoutNode(data);
  // The entries of Moleculer's validator get the form of those of this library.
  return data.some(isProblemOfParams)
    ? data.slice(0, MAX_PROBLEMS).map((problem: Record<string, unknown>) => ({
        ...boundedProblem(problem),
        ...(keepsAction && { action: problem['action'] }),
      }))
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
