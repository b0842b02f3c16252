import { compileNaming } from '../plan/named-services';
import { MAX_NAME_LENGTH } from '../plan/names';
import { compilePatterns, type Pattern } from '../plan/patterns';
import { readActionStreams } from '../plan/stream-options';
import type { ActionProxyOptions } from '../types';
import type { EventFact, MemberDeclaration } from './inherit-facts';
import type { ProxyPlan } from '../plan/plan';
import { PROXY_OPTIONS } from './known-options';
import type { Problems } from './problems';
import { readEventOptions } from './read-event-options';
import { checkCallOptionNames } from './check-options';

/** Compiles a property under `@SocketEvent`. */
export function compileProxy(
  member: MemberDeclaration,
  facts: readonly EventFact[],
  problems: Problems,
): ProxyPlan | undefined {
  const report = (what: string): void => {
    problems.add(member.name, what);
  };
  if (facts.some((fact) => fact.isStatic)) {
    report('@SocketEvent stands on a static property; gateways are instances, take static away');
    return undefined;
  }
  const options: ActionProxyOptions & { payload?: unknown; returns?: unknown; stream?: unknown } =
    readEventOptions(facts, 'property', report);
  if ('payload' in options) report('payload works on methods only; the actions check their own params');
  if ('stream' in options) report('stream works on methods only; a proxy takes streams with streams: true');
  if ('returns' in options) report('returns works on methods only; the actions have results of their own');
  const isLikelyProxy = PROXY_OPTIONS.some((option) => option in options);
  if (options.whitelist === undefined && options.mappingPolicy !== 'restrict') {
    report(
      "clients could call every action of the cluster; give it a whitelist: ['math.*'] or mappingPolicy: 'restrict' " +
        "with aliases, or say whitelist: ['**'] to open everything" +
        (isLikelyProxy
          ? ''
          : `; a function that answers the event itself is written as a method: @SocketEvent() ${member.name}() { … }`),
    );
  }
  return proxyPlan(member.name, options, report);
}

/**
 * Returns the plan of a proxy. Checks its options.
 *
 * @param reportClosed is told why clients can call no action at all
 */
export function proxyPlan(
  member: string,
  options: ActionProxyOptions,
  report: (what: string) => void,
  reportClosed = report,
): ProxyPlan {
  const { mappingPolicy = 'all', multi = false } = options;
  if (typeof (multi as unknown) !== 'boolean')
    report(`multi must be true or false, not ${JSON.stringify(multi)}`);
  if (!['all', 'restrict'].includes(mappingPolicy)) {
    report(`mappingPolicy must be 'all' or 'restrict', not '${mappingPolicy}'`);
  }
  const whitelist = checkPatterns('whitelist', options.whitelist, report);
  const blacklist = checkPatterns('blacklist', options.blacklist, report);
  const aliases = checkAliases(options.aliases, report);
  if (isEmptyList(options.whitelist))
    reportClosed("whitelist: [] lets no action be called; name some: whitelist: ['math.*']");
  if (mappingPolicy === 'restrict' && aliases.size === 0) {
    reportClosed(
      "mappingPolicy: 'restrict' opens aliases only, and there are none; write some: aliases: { add: 'math.add' }",
    );
  }
  checkFunctions(options, report);
  return {
    kind: 'proxy',
    member,
    options: { ...options },
    aliases,
    aliasesOnly: mappingPolicy === 'restrict',
    multi,
    streams: readActionStreams(options.streams, 'streams', report),
    whitelist: whitelist && compilePatterns(whitelist),
    blacklist: blacklist && compilePatterns(blacklist),
    names: compileNaming(whitelist ?? []),
  };
}

/** Reads a list of globs and regular expressions. */
export function checkPatterns(
  option: string,
  patterns: unknown,
  report: (what: string) => void,
): readonly Pattern[] | undefined {
  if (patterns === undefined || patterns === null) return undefined;
  const right =
    Array.isArray(patterns) &&
    patterns.every((p) => (typeof p === 'string' && p !== '') || p instanceof RegExp);
  if (!right) report(`${option} must be an array of globs and regular expressions: ['math.*', /^users\\./]`);
  return right ? (patterns as readonly Pattern[]) : [];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

// A Map has no prototype: 'constructor' is no alias.
function checkAliases(aliases: unknown, report: (what: string) => void): Map<string, string> {
  if (aliases === undefined || aliases === null) return new Map();
  if (typeof aliases !== 'object' || Array.isArray(aliases)) {
    report("aliases must be an object: { add: 'math.add' }");
    return new Map();
  }
  const entries = Object.entries(aliases) as [string, unknown][];
  for (const [alias, action] of entries) {
    if (typeof action !== 'string' || action === '') {
      report(`aliases.${alias} must name an action: { ${alias}: 'math.add' }`);
    }
    if (alias.length > MAX_NAME_LENGTH) {
      report(
        `the alias of '${String(action)}' has ${alias.length} characters; write at most ${MAX_NAME_LENGTH}`,
      );
    }
  }
  return new Map(entries as [string, string][]);
}

/** @param where what stands before the name of the option */
export function checkCallOptions(callOptions: unknown, where: string, report: (what: string) => void): void {
  if (
    callOptions !== undefined &&
    callOptions !== null &&
    typeof callOptions !== 'function' &&
    typeof callOptions !== 'object'
  ) {
    report(`${where}callOptions must be an object, or a function (ctx, socket) that returns one`);
  }
  if (typeof callOptions === 'object') checkCallOptionNames(callOptions, where, report);
}

function checkFunctions(options: ActionProxyOptions, report: (what: string) => void): void {
  checkCallOptions(options.callOptions, '', report);
  for (const hook of ['onBeforeCall', 'onAfterCall'] as const) {
    const value = options[hook] as unknown;
    if (value !== undefined && value !== null && typeof value !== 'function')
      report(`${hook} must be a function`);
  }
}
