import { MAX_NAME_LENGTH } from './names';
import type { PathPlan, GatewayPlan } from './plan';

/** Returns the path as it was written, quoted unless it is a RegExp, for messages. */
export function identify(path: PathPlan): string {
  if (path.kind === 'literal') return `'${path.name}'`;
  return path.source === String(path.pattern) ? path.source : `'${path.source}'`;
}

/** Returns the path as it was written: the label of metrics, and the name in `listEvents`. */
export function nameOfPath(path: PathPlan): string {
  return path.kind === 'literal' ? path.name : path.source;
}

/** Returns true if a namespace of this name belongs to the path. A RegExp never sees a name that is too long. */
export function servesName(path: PathPlan, name: string): boolean {
  if (path.kind === 'literal') return path.name === name;
  return name.length <= MAX_NAME_LENGTH && path.pattern.test(name);
}

/** Returns the path of a gateway that a namespace belongs to: a literal one before those that match. */
export function pathOfNamespace({ paths }: Pick<GatewayPlan, 'paths'>, name: string): PathPlan | undefined {
  return (
    paths.find((path) => path.kind === 'literal' && path.name === name) ??
    paths.find((path) => servesName(path, name))
  );
}

/** Returns the path without the names of its parameters: two paths that are equal without them match the same namespaces. */
export function patternKeyOf(path: PathPlan): string {
  return path.kind === 'literal' ? path.name : path.pattern.source.replaceAll(/\(\?<\w+>/g, '(');
}

/** Returns the name of a namespace with a leading slash, which users of moleculer-io may leave out. */
export function withSlash(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

/** Returns the names of the parameters of a dynamic path. */
export function parametersOf(path: PathPlan): string[] {
  return path.kind === 'literal'
    ? []
    : [...path.pattern.source.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].map((m) => m[1] ?? '');
}

/** Returns the path that a namespace belongs to, as it was written: the label of metrics. */
export function pathOf({ paths }: GatewayPlan, namespace: string): string {
  const path = paths.find((one) => servesName(one, namespace));
  return path ? nameOfPath(path) : namespace;
}
