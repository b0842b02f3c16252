/** Returns the thrown value if it is an error, else an error with the value as its `cause`. Never throws. */
export function toError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // A proxy whose prototype cannot be read.
  }
  return new Error('a value that is no error was thrown', { cause: thrown });
}
