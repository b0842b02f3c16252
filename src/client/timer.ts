/** A longer timeout would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Starts a timer. A timeout that is too long for one, as `Infinity` is, never ends. */
export function startTimer(timeout: number, onEnd: () => void): ReturnType<typeof setTimeout> | undefined {
  return timeout <= MAX_TIMEOUT_MS ? setTimeout(onEnd, timeout) : undefined;
}
