/** Whether a name matches a pattern. */
export type Matcher = (name: string) => boolean;

/** A pattern as applications write it: a glob or a regular expression. */
export type Pattern = string | RegExp;

/** Tokens of a pattern; every other token is the code of a character. */
const ONE_OF_SEGMENT = -1;
const SOME_OF_SEGMENT = -2;
const SOME = -3;

const DOT = '.'.charCodeAt(0);

/** Returns whether a text has wildcards of globs. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Compiles a glob for names whose segments are separated by dots. `*` matches any characters of a segment, `?` one
 * character of a segment, `**` any characters, dots included. Every other character matches itself.
 *
 * @returns a function that takes time in proportion to the length of the name, whatever the name is
 * @example compileGlob('math.*')('math.add') // true
 */
export function compileGlob(glob: string): Matcher {
  return compileTokens(glob, /\*+|\?/g, (wildcard) => {
    if (wildcard === '?') return ONE_OF_SEGMENT;
    return wildcard === '*' ? SOME_OF_SEGMENT : SOME;
  });
}

/**
 * Compiles a text in which `*` matches any characters, dots included, and every other character matches itself.
 *
 * @returns a function that takes time in proportion to the length of the text that it is given
 */
export function compileWildcard(text: string): Matcher {
  return compileTokens(text, /\*+/g, () => SOME);
}

/** Compiles a glob or a regular expression. The flags g and y of an expression have no effect. */
export function compilePattern(pattern: Pattern): Matcher {
  if (typeof pattern === 'string') return compileGlob(pattern);
  // With g or y, `test` would continue where the last one ended.
  const expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (name) => expression.test(name);
}

/** Compiles a list of patterns, one of which must match. Names without wildcards are looked up in a set. */
export function compilePatterns(patterns: readonly Pattern[]): Matcher {
  const isName = (pattern: Pattern): pattern is string => typeof pattern === 'string' && !isGlob(pattern);
  const names = new Set(patterns.filter(isName));
  const matchers = patterns.filter((pattern) => !isName(pattern)).map(compilePattern);
  return (name) => {
    if (names.has(name)) return true;
    for (const matches of matchers) if (matches(name)) return true;
    return false;
  };
}

/**
 * Compiles the text before the first wildcard, the text after the last one, and the tokens from the first to the last.
 *
 * @param tokenOf gives the token of a wildcard
 */
function compileTokens(text: string, wildcards: RegExp, tokenOf: (wildcard: string) => number): Matcher {
  const found = [...text.matchAll(wildcards)];
  const [first] = found;
  const last = found.at(-1);
  if (!first || !last) return (name) => name === text;
  const prefix = text.slice(0, first.index);
  const suffix = text.slice(last.index + last[0].length);
  const tokens = found.flatMap(({ 0: wildcard, index }, at) => {
    const literal = text.slice(index + wildcard.length, found[at + 1]?.index ?? index + wildcard.length);
    return [
      tokenOf(wildcard),
      ...Array.from({ length: literal.length }, (_none, n) => literal.charCodeAt(n)),
    ];
  });
  const matches = compileMiddle(tokens);
  return (name) =>
    name.length >= prefix.length + suffix.length &&
    name.startsWith(prefix) &&
    name.endsWith(suffix) &&
    matches(name, prefix.length, name.length - suffix.length);
}

/** Whether the part of a name from `start` to `end` matches. */
type PartMatcher = (name: string, start: number, end: number) => boolean;

function compileMiddle(tokens: readonly number[]): PartMatcher {
  if (tokens.length === 1 && tokens[0] === SOME) return () => true;
  if (tokens.length === 1 && tokens[0] === SOME_OF_SEGMENT) {
    return (name, start, end) => {
      const dot = name.indexOf('.', start);
      return dot < 0 || dot >= end;
    };
  }
  // reached[n]: the characters that were read match the first n tokens. Matching is synchronous: one array is enough.
  const reached = new Uint8Array(tokens.length + 1);
  const begin = Uint8Array.from(reached, (_none, at) => (tokens.slice(0, at).every(isStar) ? 1 : 0));
  return (name, start, end) => {
    reached.set(begin);
    for (let at = start; at < end; at++) if (!read(name.charCodeAt(at), tokens, reached)) return false;
    return reached[tokens.length] === 1;
  };
}

function isStar(token: number): boolean {
  return token === SOME || token === SOME_OF_SEGMENT;
}

/**
 * Follows all ways to match at the same time: looks at each token once per character.
 *
 * @returns false if nothing that follows can match
 */
function read(code: number, tokens: readonly number[], reached: Uint8Array): boolean {
  let before = reached[0] as number;
  let left = 0;
  let some = 0;
  reached[0] = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as number;
    const was = reached[at + 1] as number;
    if (token >= 0) left = token === code ? before : 0;
    else if (token === ONE_OF_SEGMENT) left = code === DOT ? 0 : before;
    // A star is reached together with the token before it: it may match nothing.
    else left |= token === SOME || code !== DOT ? was : 0;
    reached[at + 1] = left;
    some |= left;
    before = was;
  }
  return some === 1;
}
