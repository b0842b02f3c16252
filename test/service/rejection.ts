/** What a promise rejects with; rejects itself if it does not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown, but ${String(value)} returned`);
}
