const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Calls a function when the process gets a signal to end while it is ending.
 *
 * @returns a function that stops listening
 */
export function onSecondSignal(call: () => void): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    // Called first: none of the listeners for a single signal has been removed yet.
    const isOnly = process.listenerCount(signal) === 1;
    stop();
    call();
    // Without this listener Node.js would have ended the process.
    if (isOnly) process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  // Node.js does not call it for the signal that is being handled now.
  for (const signal of SIGNALS) process.prependListener(signal, listener);
  return stop;
}
