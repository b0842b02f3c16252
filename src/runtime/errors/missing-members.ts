/** Paths of members, `registry.nodes.toArray` for example, with the type that each must have. */
export type UsedMembers = Readonly<Record<string, 'function' | 'object' | 'number'>>;

/** Returns the paths at which a foreign object has no member of the type that is used. */
export function missingMembers(owner: object, used: UsedMembers): string[] {
  return Object.entries(used)
    .filter(([path, type]) => typeof memberAt(owner, path) !== type)
    .map(([path]) => path);
}

function memberAt(owner: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((one, name) => (one as Record<string, unknown> | undefined)?.[name], owner);
}
