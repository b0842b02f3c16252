const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

/** Escapes of several characters, which are copied as they are. */
const LONG_ESCAPE =
  /^\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|k<\w+>|c[A-Za-z]|[1-9]\d*|[0dDwWsSbBnrtfv])/;

/**
 * Returns the `pattern` that JSON Schema has for a regular expression. JSON Schema knows no flags and reads patterns with
 * the flag `u`: letters become classes of both cases for `i`, and needless backslashes go.
 *
 * @returns undefined if there is none: the flags `s`, `m`, `v` and `y`, or letters that are not ASCII with `i`
 */
export function patternOf({ source, flags }: RegExp): string | undefined {
  if (/[smvy]/.test(flags)) return undefined;
  const ignoresCase = flags.includes('i');
  if (ignoresCase && /[^\0-\x7F]|\\[uxpPk]|\\c|\[[^\]]*[A-Z]-[a-z]|\(\?</.test(source)) return undefined;
  const pattern = rewrite(source, ignoresCase);
  try {
    new RegExp(pattern, 'u');
    return pattern;
  } catch {
    return undefined;
  }
}

/** Returns a pattern that finds a text as it is. */
export function literalPattern(text: string): string {
  return Array.from(text, (character) =>
    SYNTAX.test(character) && character !== '/' ? `\\${character}` : character,
  ).join('');
}

function rewrite(source: string, ignoresCase: boolean): string {
  let pattern = '';
  let isInClass = false;
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const character = source.charAt(at);
    if (character === '\\') {
      const escape = LONG_ESCAPE.exec(rest)?.[0] ?? rest.slice(0, 2);
      pattern += rewriteEscape(escape, isInClass);
      at += escape.length;
      continue;
    }
    if (character === '[') isInClass = true;
    if (character === ']') isInClass = false;
    const range = isInClass ? /^[A-Za-z]-[A-Za-z]/.exec(rest)?.[0] : undefined;
    const part = range ?? character;
    pattern += ignoresCase && /[A-Za-z]/.test(part) ? inBothCases(part, isInClass) : part;
    at += part.length;
  }
  return pattern;
}

// Without the flag `u`, a backslash before an ordinary character means that character.
function rewriteEscape(escape: string, isInClass: boolean): string {
  const [, character = ''] = escape;
  if (escape.length !== 2 || /\w/.test(character) || SYNTAX.test(character)) return escape;
  return character === '-' && isInClass ? escape : character;
}

function inBothCases(part: string, isInClass: boolean): string {
  const both = part.toLowerCase() + part.toUpperCase();
  return isInClass ? both : `[${both}]`;
}
