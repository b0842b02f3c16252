import { patternKeyOf, identify } from '../plan/paths';
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
    if (paths.some((other) => patternKeyOf(other) === patternKeyOf(path))) {
      problems.add(undefined, `@SocketNamespace names ${identify(path)} twice; name it once`);
    } else {
      paths.push(path);
    }
  }
  return paths;
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
