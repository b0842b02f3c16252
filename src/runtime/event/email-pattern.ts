import { PayloadTooLarge } from '../../errors';

/*
 * The rule `email` of fastest-validator, Moleculer's validator, matches texts with /^\S+@\S+\.\S+$/, and its options `min`
 * and `max` do not keep it from that. The pattern backtracks: 20 KB of `a@a@a@…` take 0.2 s, and 1 MB takes minutes.
 */

/** A text of so many characters cannot take long. */
const SHORT_TEXT = 256;
const MAX_STEPS = 200_000;

/** Returns true if a rule among the params is, or may be, `email`. */
export function mentionsEmails(rules: unknown): boolean {
  if (typeof rules === 'string') return rules.startsWith('email');
  return typeof rules === 'object' && rules !== null && Object.values(rules).some(mentionsEmails);
}

/**
 * Checks that no text in a payload makes the pattern slow.
 *
 * @throws PayloadTooLarge if one does
 */
export function assertFastEmails(value: unknown): void {
  if (typeof value === 'string') {
    if (value.length > SHORT_TEXT && stepsOf(value) > MAX_STEPS) throw new PayloadTooLarge();
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) assertFastEmails(inner);
  }
}

/** Returns what the pattern takes at most: it tries each `@` with each dot behind it, up to the first white space. */
function stepsOf(text: string): number {
  const space = text.search(/\s/);
  const word = space < 0 ? text : text.slice(0, space);
  return countOf('@', word) * (1 + countOf('.', word)) * word.length;
}

function countOf(character: string, text: string): number {
  return text.split(character).length - 1;
}
