/** From this length on, a known name is recognized although two letters are wrong. */
const LONG_NAME = 6;

/** Up to this length, a name with another letter in it is another word: `acl` is not meant to be `ack`. */
const SHORT_NAME = 3;

/**
 * Returns the known name that a name was probably meant to be: one letter too many, missing, wrong or swapped with its
 * neighbour, or two in names of six letters and more.
 *
 * @returns undefined if the name is known itself, or resembles none
 */
export function similarName(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const mistakes = countMistakes(name.toLowerCase(), candidate.toLowerCase());
    if (mistakes < least && mistakes <= allowedMistakes(name, candidate)) {
      nearest = candidate;
      least = mistakes;
    }
  }
  return nearest;
}

/** Ends a sentence about an unknown name: `; did you mean …?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const similar = similarName(name, known);
  return similar === undefined ? '' : `; did you mean \`${similar}\`?`;
}

/**
 * Reports every name that is probably a misspelt one. Other unknown names pass.
 *
 * @param known all names that have a meaning
 * @param report is told a sentence for each
 */
export function checkSpelling(
  names: readonly string[],
  known: readonly string[],
  report: (what: string, name: string) => void,
): void {
  for (const name of names) {
    const hint = didYouMean(name, known);
    if (hint) report(`is unknown${hint}`, name);
  }
}

function allowedMistakes(name: string, known: string): number {
  if (known.length > SHORT_NAME) return known.length >= LONG_NAME ? 2 : 1;
  const sameLetters = lettersOf(name) === lettersOf(known);
  const otherLength = name.length !== known.length && known.length === SHORT_NAME;
  return sameLetters || otherLength ? 1 : 0;
}

function lettersOf(name: string): string {
  return Array.from(name.toLowerCase()).sort().join('');
}

/** Returns the number of letters to insert, remove, replace or swap to get from one word to the other. */
function countMistakes(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        row[j] = Math.min(at(row, j), at(beforeLast, j - 2) + 1);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
