import { Utils } from 'moleculer';

/** Whether the name of a Moleculer event has wildcards. */
export function isPattern(event: string): boolean {
  return /[*?]/.test(event);
}

/** Whether there may be an event that matches both. For two patterns the answer may be a yes too many, never a no. */
export function mayOverlap(one: string, other: string): boolean {
  if (!isPattern(one)) return Utils.match(one, other);
  if (!isPattern(other)) return Utils.match(other, one);
  const [start, end] = endsOf(one);
  const [otherStart, otherEnd] = endsOf(other);
  return (
    (start.startsWith(otherStart) || otherStart.startsWith(start)) &&
    (end.endsWith(otherEnd) || otherEnd.endsWith(end))
  );
}

/** What stands before the first and after the last wildcard. */
function endsOf(pattern: string): [string, string] {
  return [pattern.slice(0, pattern.search(/[*?]/)), /[^*?]*$/.exec(pattern)?.[0] ?? ''];
}
