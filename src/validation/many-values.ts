/** Returns true if a payload has so many values, each object and array included. Looks at no more than that. */
export function hasManyValues(payload: unknown, many: number): boolean {
  return typeof payload === 'object' && payload !== null && remainingOf(payload, many) <= 0;
}

function remainingOf(value: object, many: number): number {
  let remaining = many - 1;
  if (ArrayBuffer.isView(value)) return remaining;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && remaining > 0; i++) remaining = without(value[i], remaining);
    return remaining;
  }
  for (const key in value) {
    if (remaining <= 0) break;
    remaining = without((value as Record<string, unknown>)[key], remaining);
  }
  return remaining;
}

function without(value: unknown, many: number): number {
  return typeof value === 'object' && value !== null ? remainingOf(value, many) : many - 1;
}
