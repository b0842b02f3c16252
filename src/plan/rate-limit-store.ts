/** Returns true if a store is a limiter of rate-limiter-flexible, and not a client of a database. */
export function isLimiter(store: unknown): boolean {
  return typeof (store as { consume?: unknown } | null)?.consume === 'function';
}
