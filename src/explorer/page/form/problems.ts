/** The problems of the fields of a payload, by their paths: `items.0.name`. The empty path is the payload itself. */
export type Problems = ReadonlyMap<string, readonly string[]>;

export const NO_PROBLEMS: Problems = new Map();

interface FieldProblem {
  readonly field?: unknown;
  readonly message?: string;
  readonly type?: string;
}

/** Reads the problems in the answer of a gateway; none if it is no 422. */
export function problemsOf(error: unknown): Problems {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: unknown };
  if (code !== 422 || !Array.isArray(data)) return NO_PROBLEMS;
  const problems = new Map<string, string[]>();
  for (const { field, message, type } of data as FieldProblem[]) {
    const path = typeof field === 'string' ? dotted(field) : '';
    const text = [message, type].find((one) => typeof one === 'string' && one !== '') ?? 'It is not valid.';
    problems.set(path, [...(problems.get(path) ?? []), text]);
  }
  return problems;
}

/** Validators write `items[0].name` or `items.0.name`. */
function dotted(field: string): string {
  return field.replace(/\[["']?([^\]"']*)["']?\]/g, '.$1').replace(/^\./, '');
}

/** Returns the path of a member. */
export function memberPath(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}

/** Returns the problems of a field that shows all that is inside of it, as JSON does. */
export function problemsWithin(problems: Problems, path: string): string[] {
  return [...problems].flatMap(([field, messages]) => {
    if (field === path) return messages;
    const isInside = path === '' || field.startsWith(`${path}.`);
    return isInside ? messages.map((message) => `${field}: ${message}`) : [];
  });
}
