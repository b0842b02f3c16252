/** Tells whether Moleculer takes an option like `cache` or `retryPolicy` as on: `{ enabled: false }` is off. */
export function isEnabled(option: unknown): boolean {
  if (typeof option !== 'object' || option === null) return Boolean(option);
  return (option as { enabled?: unknown }).enabled !== false;
}
