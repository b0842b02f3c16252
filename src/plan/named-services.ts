import { compilePattern, type Pattern } from './patterns';

/** Whether a list of patterns names the service of an action, by the full names of both, and matches the action. */
export type NamesAction = (action: string, service: string) => boolean;

/** Closes everything that must be named: there is no list of patterns. */
export const NAMES_NOTHING: NamesAction = () => false;

/**
 * Compiles a whitelist for actions that a pattern must name before clients can call them. A pattern names the service that
 * it begins with: `chat.getClients`, `chat.*` and `/^chat\./` name `chat`, `**` and `/./` name none.
 *
 * @returns a function that tells whether one pattern both names the service and matches the action
 */
export function compileNaming(patterns: readonly Pattern[]): NamesAction {
  const named = patterns
    .map((pattern) => ({ pattern, start: startOf(pattern), matches: compilePattern(pattern) }))
    .filter(({ start }) => start !== '');
  return (action, service) =>
    named.some(
      ({ pattern, start, matches }) =>
        names(start, action, service) && beginsWith(action, start, pattern) && matches(action),
    );
}

// An expression with alternatives, `/^chat\.get|x/`, names only what begins as it does.
function beginsWith(action: string, start: string, pattern: Pattern): boolean {
  if (typeof pattern === 'string' || !pattern.ignoreCase) return action.startsWith(start);
  return action.toLowerCase().startsWith(start.toLowerCase());
}

function names(start: string, action: string, service: string): boolean {
  // With $noServiceNamePrefix the name of an action says nothing of its service.
  if (!action.startsWith(`${service}.`)) return start === action;
  return start === service || start.startsWith(`${service}.`);
}

/** Returns the text that a pattern begins with, up to the first character that means something else than itself. */
function startOf(pattern: Pattern): string {
  return typeof pattern === 'string' ? pattern.slice(0, endOfText(pattern)) : startOfExpression(pattern);
}

function endOfText(glob: string): number | undefined {
  const wildcard = glob.search(/[*?]/);
  return wildcard < 0 ? undefined : wildcard;
}

function startOfExpression({ source }: RegExp): string {
  // A letter or digit after a backslash is a class, an anchor or a reference.
  const literals = /^\^?((?:\\[^\w\s]|[^\\^$.*+?()[\]{}|])*)(.?)/s.exec(source);
  const [, escaped = '', next = ''] = literals ?? [];
  const start = escaped.replace(/\\(.)/gs, '$1');
  // The character before these may be absent from the name.
  return '*?{'.includes(next) && next !== '' ? start.slice(0, -1) : start;
}
