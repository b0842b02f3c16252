/** Handles a rejection. It is thrown by `Promise.all`, unless another constraint has thrown before. */
export function handleRejection(promise: unknown): void {
  if (promise instanceof Promise) promise.catch(() => undefined);
}
