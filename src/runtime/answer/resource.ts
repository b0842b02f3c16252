import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import { forgetRemoteStream } from '../moleculer/internals';

/*
 * Values that hold something open until they are used up or closed: streams, async iterables, file handles.
 */

/** Members by which a resource is told. All of them are optional: applications have resources of many kinds. */
interface Members {
  readonly on?: unknown;
  readonly pipe?: unknown;
  readonly getReader?: unknown;
  readonly getWriter?: unknown;
  readonly fd?: unknown;
  readonly [Symbol.asyncIterator]?: unknown;
}

/** The methods that close a resource. It has one of them at least; the first one closes it. */
const CLOSING = ['destroy', 'cancel', 'abort', 'return', 'close'] as const;

type Closable = Partial<Record<(typeof CLOSING)[number], () => unknown>>;

/** Returns true if a value owns a resource: a stream of Node or of the web, an async iterable, or a file handle. Never throws. */
export function isResource(value: Members): boolean {
  try {
    return (
      isFunction(value[Symbol.asyncIterator] ?? value.getReader ?? value.getWriter) ||
      (isFunction(value.pipe) && isFunction(value.on)) ||
      (typeof value.fd === 'number' && isFunction((value as Closable).close))
    );
  } catch {
    // A proxy, or a getter that throws.
    return false;
  }
}

/** Listens for the errors of a Node stream: one without a listener ends the process. Other resources have no such event. */
export function listenForErrors({ report }: Pick<Gateway, 'report'>, resource: Members): void {
  runSafely('nothing can listen for the errors of a stream', report, () => {
    if (isFunction(resource.on)) (resource as NodeJS.EventEmitter).on('error', ignoreError);
  });
}

/** Closes a resource that is not delivered. Never throws. */
export function closeResource(
  { broker, report }: Pick<Gateway, 'broker' | 'report'>,
  resource: object,
): void {
  runSafely('a stream in a result could not be closed', report, () => {
    const closable = resource as Closable;
    const method = CLOSING.find((name) => isFunction(closable[name]));
    return method && closable[method]?.();
  });
  forgetRemoteStream(broker, resource);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function ignoreError(): void {
  // The client gets an error in place of the stream, whether it fails or not.
}
