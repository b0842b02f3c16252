/**
 * Returns a frozen copy of a value as other nodes and clients get it.
 *
 * @returns undefined for a value that JSON leaves out
 * @throws TypeError if JSON cannot hold the value
 */
export function frozenCopy(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : freezeDeep(JSON.parse(text));
}

/** Freezes a value that was read from JSON. */
export function freezeDeep(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}
