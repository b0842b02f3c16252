/** Counts the values in a payload: each object, array and primitive. Binary data counts as one value. */
export function countValues(payload: unknown): number {
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return 1;
  let count = 1;
  if (Array.isArray(payload)) for (const item of payload) count += countValues(item);
  else for (const value of Object.values(payload)) count += countValues(value);
  return count;
}
