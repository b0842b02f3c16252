import type { PresenceListenerPlan, PresencePlan } from '../plan/plan';
import { MAX_DELAY_MS } from '../plan/max-delay';
import { PRESENCE_ACTIONS } from '../plan/management-actions';
import { compilePattern, compileWildcard, type Pattern } from '../plan/patterns';
import type { PresenceOptions } from '../types';
import { methodPlan } from './compile-methods';
import type { MemberDeclaration } from './inherit-facts';
import { LISTENER_OPTIONS, PRESENCE_OPTIONS } from './known-options';
import type { Problems } from './problems';
import { didYouMean } from './similar-names';

const DEFAULT_GRACE_MS = 5000;

type MatchesRoom = (room: string) => boolean;
type Report = (what: string) => void;

/** Compiles the option `presence` and the methods with `@OnPresence`. Returns undefined without the option. */
export function compilePresence(
  given: unknown,
  members: readonly MemberDeclaration[],
  problems: Problems,
): PresencePlan | undefined {
  const report: Report = (what) => {
    problems.add(undefined, what);
  };
  const listeners = compileListeners(members, problems);
  if (given === undefined) {
    for (const { method } of listeners) {
      problems.add(
        method.name,
        "@OnPresence needs the option presence: @SocketNamespace('/chat', { presence: {} })",
      );
    }
    return undefined;
  }
  if (!isObject(given)) {
    report(
      "presence must be an object: { rooms: 'room:*' }; {} shows all users of the namespace by their ids",
    );
    return undefined;
  }
  checkNames(given, PRESENCE_OPTIONS, 'presence.', report);
  for (const { name, roles } of members) {
    if ((PRESENCE_ACTIONS as readonly string[]).includes(name) && roles.some(({ kind }) => kind === 'event'))
      problems.add(
        name,
        `a gateway with the option presence has an action '${name}' of its own; give the method another name, and keep the event`,
      );
  }
  const { of, rooms = '', grace = DEFAULT_GRACE_MS, notify = true } = given as PresenceOptions;
  if (of !== undefined && typeof of !== 'function')
    report('presence.of must be a function: of: (user, socket) => ({ id: user.id, name: user.name })');
  if (!(typeof grace === 'number' && grace >= 0 && grace <= MAX_DELAY_MS))
    report(
      `presence.grace must be a number of milliseconds from 0 to ${MAX_DELAY_MS}, not ${shown(grace)}; write grace: 5_000`,
    );
  if (typeof notify !== 'boolean') report(`presence.notify must be true or false, not ${shown(notify)}`);
  return {
    of: of as PresencePlan['of'],
    shows: compileRooms(rooms, 'presence.rooms', report),
    grace,
    notify,
    listeners,
  };
}

function compileListeners(
  members: readonly MemberDeclaration[],
  problems: Problems,
): readonly PresenceListenerPlan[] {
  return members.flatMap((member) =>
    member.roles
      .filter((role) => role.kind === 'presence')
      .flatMap(({ rooms, options, decorator }) => {
        const report: Report = (what) => {
          problems.add(member.name, what);
        };
        const method = methodPlan(member, decorator, problems);
        const matches: MatchesRoom =
          rooms === undefined ? () => true : compileRooms(rooms, 'the rooms of @OnPresence', report);
        if (!isObject(options)) {
          report("the options of @OnPresence must be an object: @OnPresence('room:*', { once: true })");
          return [];
        }
        checkNames(options, LISTENER_OPTIONS, 'the option ', report);
        const { once = false } = options;
        if (typeof once !== 'boolean') report(`once must be true or false, not ${shown(once)}`);
        return method ? [{ method, matches, once }] : [];
      }),
  );
}

/**
 * Compiles which rooms an option names. The empty string, which is the namespace itself, is matched only by itself: `'*'`
 * stands for all rooms.
 */
function compileRooms(given: unknown, option: string, report: Report): MatchesRoom {
  const patterns = Array.isArray(given) ? (given as unknown[]) : [given];
  const isPattern = (pattern: unknown): pattern is Pattern =>
    typeof pattern === 'string' || pattern instanceof RegExp;
  if (patterns.length === 0 || !patterns.every(isPattern)) {
    report(`${option} must be a name or a pattern such as 'room:*', a regular expression, or a list of them`);
    return () => false;
  }
  const hidden = patterns.find((pattern) => typeof pattern === 'string' && pattern.startsWith('$'));
  if (hidden !== undefined)
    report(
      `${option} has ${shown(hidden)}, and rooms that begin with $ belong to the gateway and are never shown; name others`,
    );
  const hasNamespace = patterns.includes('');
  const matchers = patterns
    .filter((pattern) => pattern !== '')
    .map((pattern) => (typeof pattern === 'string' ? compileWildcard(pattern) : compilePattern(pattern)));
  return (room) => (room === '' ? hasNamespace : matchers.some((matches) => matches(room)));
}

function checkNames(options: object, known: readonly string[], prefix: string, report: Report): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    report(
      `${prefix}${name} is unknown${didYouMean(name, known) || `; ${known.length > 1 ? 'there are' : 'there is'} ${known.join(', ')}`}`,
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
}
