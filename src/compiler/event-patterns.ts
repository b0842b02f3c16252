/*
 * The patterns of Moleculer's events, as Moleculer 0.14 and 0.15 match them. They differ from globs: `order*` also matches
 * `order.paid`, and a dot matches any character if a wildcard is not at the end.
 */

/** A part of a pattern: one character, or any number of characters that a wildcard stands for. */
interface Token {
  /** The character that it matches. Undefined: any. */
  readonly character?: string;
  /** It matches no dot. */
  readonly isInSegment?: boolean;
  /** It may match nothing. */
  readonly isOptional?: boolean;
  /** It may match several characters. */
  readonly repeats?: boolean;
}

const ANY: Token = {};
const ANY_OR_NONE: Token = { isOptional: true };
const SOME: Token = { isOptional: true, repeats: true };
const SOME_OF_SEGMENT: Token = { isOptional: true, repeats: true, isInSegment: true };

/** Returns true if the name of a Moleculer event has wildcards. */
export function isPattern(event: string): boolean {
  return /[*?]/.test(event);
}

/** Returns true if an event may match both patterns. It may be true too often, but is never false by mistake. */
export function mayOverlap(one: string, other: string): boolean {
  const [tokens, others] = [tokensOf(one), tokensOf(other)];
  const seen = new Set<number>();
  const pairs: [number, number][] = [[0, 0]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [at, otherAt] = pair;
    const key = at * (others.length + 1) + otherAt;
    if (seen.has(key)) continue;
    seen.add(key);
    const [token, counterpart] = [tokens[at], others[otherAt]];
    if (!token && !counterpart) return true;
    if (token?.isOptional) pairs.push([at + 1, otherAt]);
    if (counterpart?.isOptional) pairs.push([at, otherAt + 1]);
    if (token && counterpart && haveCommon(token, counterpart))
      pairs.push([token.repeats ? at : at + 1, counterpart.repeats ? otherAt : otherAt + 1]);
  }
  return false;
}

/** Returns true if both match some character. */
function haveCommon(one: Token, other: Token): boolean {
  const character = one.character ?? other.character;
  if (character === undefined) return true;
  if (character === '.' && (one.isInSegment || other.isInSegment)) return false;
  return character === (other.character ?? character);
}

function tokensOf(pattern: string): Token[] {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard < 0) return literals(pattern);
  const start = pattern.slice(0, wildcard);
  switch (pattern.slice(wildcard)) {
    case '**':
      return [...literals(start), SOME];
    case '*':
      // Moleculer does not look at the first character after the text.
      return [...literals(start), ...(start === '' ? [] : [ANY_OR_NONE]), SOME_OF_SEGMENT];
    default:
      return tokensOfExpression(pattern);
  }
}

// Moleculer makes a regular expression of any other pattern, and escapes nothing but a `$` at the beginning.
function tokensOfExpression(pattern: string): Token[] {
  if (/[+()[\]{}|^\\]|.\$/.test(pattern)) return [SOME];
  return (pattern.match(/\*\*|[^]/g) ?? []).map((part): Token => {
    if (part === '**') return SOME;
    if (part === '*') return SOME_OF_SEGMENT;
    return part === '?' || part === '.' ? ANY : { character: part };
  });
}

function literals(text: string): Token[] {
  return Array.from(text, (character) => ({ character }));
}
