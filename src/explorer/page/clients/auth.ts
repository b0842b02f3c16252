type Auth =
  | { readonly value: Record<string, unknown> }
  | { readonly problem: string }
  | { readonly none: true };

/** Reads the `auth` of a client, a JSON object. */
export function parseAuth(text: string): Auth {
  if (text.trim() === '') return { none: true };
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { value: value as Record<string, unknown> };
    return { problem: 'It must be an object: {"token": "…"}' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'It is no JSON.' };
  }
}
