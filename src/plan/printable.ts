/** Maximum characters of a client's text that are shown in logs, traces and errors. */
export const MAX_SHOWN_LENGTH = 100;

/** Maximum characters of the description of an error that are logged. */
const MAX_LINES_LENGTH = 10_000;

/** Control characters, characters that change the direction of text, line and paragraph separators, half surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The same, but for line feeds and tabs. */
const UNPRINTABLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const REPLACEMENT = '\ufffd';
/** Matches the begin of a line that is neither indented nor the end of an object. */
const BEGIN_OF_LINE = /\n(?!\s|[\]}]$|[\]}]\n)/g;

/**
 * Returns a text that a client sent as it may be logged or sent back: without control characters, each of which becomes
 * U+FFFD, and cut.
 *
 * @param length how many characters are left. Default: 100
 */
export function printable(text: string, length = MAX_SHOWN_LENGTH): string {
  return text.slice(0, length).replace(UNPRINTABLE, REPLACEMENT);
}

/**
 * Returns the description of an error as it may be logged: without control characters but line feeds and tabs, and with every line
 * after the first indented, so that a text in a message cannot pass for a line of the log. Of more than 10,000
 * characters the first and the last 5,000 are left.
 */
export function printableLines(text: string): string {
  const half = MAX_LINES_LENGTH / 2;
  const bounded = text.length > MAX_LINES_LENGTH ? `${text.slice(0, half)} … ${text.slice(-half)}` : text;
  return bounded.replace(UNPRINTABLE_IN_LINES, REPLACEMENT).replace(BEGIN_OF_LINE, '\n    ');
}
