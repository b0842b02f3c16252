import { Utils } from 'moleculer';
import type { ActionProxyOptions } from '../types';
import type { EventFact, MemberDeclaration } from './inherit-facts';
import type { ActionFilter, ProxyPlan } from '../plan/plan';
import type { Problems } from './problems';

type Patterns = readonly (string | RegExp)[];

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
  const options = Object.assign({}, ...facts.map((fact) => fact.options)) as ActionProxyOptions & {
    payload?: unknown;
  };
  if ('payload' in options) report('payload works on methods only; the actions check their own params');
  if (options.whitelist === undefined && options.mappingPolicy !== 'restrict') {
    report(
      "clients could call every action of the cluster; give it a whitelist: ['math.*'] or mappingPolicy: 'restrict' " +
        "with aliases, or say whitelist: ['**'] to open everything",
    );
  }
  return proxyPlan(member.name, options, report);
}

/** The plan of a proxy, its options checked. */
export function proxyPlan(
  member: string,
  options: ActionProxyOptions,
  report: (what: string) => void,
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
  if (mappingPolicy === 'restrict' && aliases.size === 0) {
    report(
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
    whitelist: whitelist && compileFilter(whitelist),
    blacklist: blacklist && compileFilter(blacklist),
    namedServices: namedServices(whitelist ?? []),
  };
}

/** Reads a list of globs and regular expressions. */
export function checkPatterns(
  option: string,
  patterns: unknown,
  report: (what: string) => void,
): Patterns | undefined {
  if (patterns === undefined || patterns === null) return undefined;
  const right =
    Array.isArray(patterns) &&
    patterns.every((p) => (typeof p === 'string' && p !== '') || p instanceof RegExp);
  if (!right) report(`${option} must be an array of globs and regular expressions: ['math.*', /^users\\./]`);
  else if (option === 'whitelist' && patterns.length === 0) {
    report("whitelist: [] lets no action be called; name some: whitelist: ['math.*']");
  }
  return right ? (patterns as Patterns) : [];
}

/** A Map has no prototype: 'constructor' is no alias. */
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
}

function checkFunctions(options: ActionProxyOptions, report: (what: string) => void): void {
  checkCallOptions(options.callOptions, '', report);
  for (const hook of ['onBeforeCall', 'onAfterCall'] as const) {
    const value = options[hook] as unknown;
    if (value !== undefined && value !== null && typeof value !== 'function')
      report(`${hook} must be a function`);
  }
}

/** How many answers of a filter are kept, and for names of what length: clients may ask for any name. */
const REMEMBERED = 1000;
const LONGEST_NAME = 256;

/** Exact names are looked up; patterns are tried one after the other, once for every name. */
export function compileFilter(patterns: Patterns): ActionFilter {
  const names = new Set(patterns.filter((p): p is string => typeof p === 'string' && !/[*?]/.test(p)));
  const tests = patterns
    .filter((p) => typeof p !== 'string' || !names.has(p))
    .map((p) => (typeof p === 'string' ? (action: string) => Utils.match(action, p) : stateless(p)));
  const known = new Map<string, boolean>();
  return (action) => {
    if (names.has(action)) return true;
    const before = known.get(action);
    if (before !== undefined) return before;
    const listed = tests.some((test) => test(action));
    if (known.size >= REMEMBERED) known.clear();
    if (action.length <= LONGEST_NAME) known.set(action, listed);
    return listed;
  };
}

/** The flags g and y would make an expression match only every other time. */
function stateless(pattern: RegExp): (action: string) => boolean {
  const expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (action) => expression.test(action);
}

/** What patterns begin with, up to the first wildcard: tells whether a whitelist names a service. */
function namedServices(patterns: Patterns): string[] {
  return patterns
    .map((p) => (typeof p === 'string' ? p : p.source.replace(/^\^/, '').replaceAll('\\.', '.')))
    .map((p) => p.split(/[*?([{|+$\\]/)[0] ?? '');
}
