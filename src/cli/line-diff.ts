/** Lines that are shown around a change. */
const CONTEXT = 2;
/** More comparisons take too long: then all lines between the first and the last change are shown as changed. */
const MAX_COMPARISONS = 4_000_000;

/** Returns what changes one text into the other: lines with `-`, `+` or, around them, a space. */
export function diffLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const middle = diff(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const lead = old.slice(Math.max(0, start - CONTEXT), start).map((line) => `  ${line}`);
  const trail = old.slice(old.length - end, old.length - end + CONTEXT).map((line) => `  ${line}`);
  return [...lead, ...shorten(middle), ...trail];
}

/** Leaves out unchanged lines that are far from changes. */
function shorten(lines: readonly string[]): string[] {
  const isNear = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => !line.startsWith(' '));
  return lines.flatMap((line, at) => {
    if (isNear(at)) return [line];
    return isNear(at - 1) ? ['  …'] : [];
  });
}

// The longest common subsequence of lines stays.
function diff(old: readonly string[], now: readonly string[]): string[] {
  const removed = (lines: readonly string[]): string[] => lines.map((line) => `- ${line}`);
  const added = (lines: readonly string[]): string[] => lines.map((line) => `+ ${line}`);
  if (old.length * now.length > MAX_COMPARISONS) return [...removed(old), ...added(now)];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: string[] = [];
  let [row, column] = [0, 0];
  while (row < old.length && column < now.length) {
    if (old[row] === now[column]) {
      lines.push(`  ${old[row] ?? ''}`);
      row++;
      column++;
    } else if (at(row + 1, column) >= at(row, column + 1)) lines.push(...removed([old[row++] ?? '']));
    else lines.push(...added([now[column++] ?? '']));
  }
  return [...lines, ...removed(old.slice(row)), ...added(now.slice(column))];
}
