/**
 * Returns true if a value is nested deeper than allowed. Packets come from JSON or msgpack: they are trees of plain objects,
 * arrays and binary data.
 *
 * @param levels how many levels of objects and arrays are allowed
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (levels <= 0) return true;
  if (Array.isArray(value)) {
    for (const entry of value) {
      if (typeof entry === 'object' && isDeeperThan(entry, levels - 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    const entry = (value as Record<string, unknown>)[key];
    if (typeof entry === 'object' && isDeeperThan(entry, levels - 1)) return true;
  }
  return false;
}
