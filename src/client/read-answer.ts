type Outcome =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: unknown };

/** Reads an answer in either format of acks: `(error, result)`, or one object with `ok`. */
export function readAnswer(answer: readonly unknown[]): Outcome {
  const [first, result] = answer;
  if (answer.length === 1 && typeof (first as { ok?: unknown } | null)?.ok === 'boolean')
    return first as Outcome;
  return first === null || first === undefined ? { ok: true, data: result } : { ok: false, error: first };
}
