import { MAX_NAME_LENGTH } from '../plan/names';
import type { DynamicPath, PathPlan } from '../plan/plan';
import type { Problems } from './problems';

const PARAMETER = /^:([A-Za-z_]\w*)$/;

/** Compiles the paths of `@SocketNamespace`. */
export function compilePaths(patterns: readonly unknown[], problems: Problems): PathPlan[] {
  if (patterns.length === 0)
    problems.add(undefined, '@SocketNamespace([]) names no namespace; write at least one path');
  const paths: PathPlan[] = [];
  for (const pattern of patterns) {
    const path = compilePath(pattern, problems);
    if (!path) continue;
    if (paths.some((other) => claimOf(other) === claimOf(path))) {
      problems.add(undefined, `@SocketNamespace names ${identify(path)} twice; name it once`);
    } else {
      paths.push(path);
    }
  }
  return paths;
}

/** The path as it was written: what two gateways on one server must not share. */
export function identify(path: PathPlan): string {
  if (path.kind === 'literal') return `'${path.name}'`;
  return path.source === String(path.pattern) ? path.source : `'${path.source}'`;
}

/** The path as it was written, alone: the name that others know it by. */
export function nameOfPath(path: PathPlan): string {
  return path.kind === 'literal' ? path.name : path.source;
}

/** Whether a namespace of that name belongs to the path. An expression never sees a name that is too long. */
export function servesName(path: PathPlan, name: string): boolean {
  if (path.kind === 'literal') return path.name === name;
  return name.length <= MAX_NAME_LENGTH && path.pattern.test(name);
}

/** What a path claims: two that differ only in the names of their parameters claim the same. */
export function claimOf(path: PathPlan): string {
  return path.kind === 'literal' ? path.name : path.pattern.source.replaceAll(/\(\?<\w+>/g, '(');
}

/** The name of a namespace as Socket.IO writes it: moleculer-io's users may leave the slash out. */
export function withSlash(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

/** The names of the parameters that a dynamic path gives. */
export function parametersOf(path: PathPlan): string[] {
  return path.kind === 'literal'
    ? []
    : [...path.pattern.source.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].map((m) => m[1] ?? '');
}

function compilePath(pattern: unknown, problems: Problems): PathPlan | undefined {
  if (pattern instanceof RegExp) return compileExpression(pattern, problems);
  if (typeof pattern !== 'string' || pattern === '') {
    problems.add(
      undefined,
      `@SocketNamespace takes a path like '/chat', a RegExp or an array of these, not ${describe(pattern)}`,
    );
    return undefined;
  }
  if (!pattern.startsWith('/')) {
    problems.add(undefined, `the path '${pattern}' must begin with a slash: '/${pattern}'`);
    return undefined;
  }
  if (/[,?#\s]/.test(pattern)) {
    problems.add(
      undefined,
      `the path '${pattern}' has a character that no client can send; leave out , ? # and blanks`,
    );
    return undefined;
  }
  return pattern.includes(':') ? compileParameters(pattern, problems) : { kind: 'literal', name: pattern };
}

function compileExpression(expression: RegExp, problems: Problems): DynamicPath | undefined {
  if (expression.global || expression.sticky) {
    problems.add(
      undefined,
      `the path ${String(expression)} must not have the flag g or y, they make it match only every other time`,
    );
    return undefined;
  }
  return { kind: 'dynamic', source: String(expression), pattern: expression };
}

function compileParameters(pattern: string, problems: Problems): DynamicPath | undefined {
  const names = new Set<string>();
  const segments: string[] = [];
  for (const segment of pattern.slice(1).split('/')) {
    if (!segment.includes(':')) {
      segments.push(segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      continue;
    }
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined) {
      problems.add(
        undefined,
        `in the path '${pattern}', '${segment}' is no parameter; a parameter is a whole segment like ':tenantId'`,
      );
      return undefined;
    }
    if (names.has(name)) {
      problems.add(
        undefined,
        `the path '${pattern}' has the parameter ':${name}' twice; give them different names`,
      );
      return undefined;
    }
    names.add(name);
    segments.push(`(?<${name}>[^/]+)`);
  }
  return { kind: 'dynamic', source: pattern, pattern: new RegExp(`^/${segments.join('/')}$`) };
}

function describe(value: unknown): string {
  return value === '' ? 'an empty string' : value === null ? 'null' : typeof value;
}
