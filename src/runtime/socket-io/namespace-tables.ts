import type { Namespace, Server } from 'socket.io';

/** The parts of Socket.IO's dynamic namespaces that its types do not show. */
interface ParentNamespace extends Namespace {
  readonly children: Set<Namespace>;
}

/** The tables in which Socket.IO looks for the parent of a name. */
interface ParentTables {
  readonly parentNsps: Map<unknown, ParentNamespace>;
  readonly parentNamespacesFromRegExp: Map<RegExp, ParentNamespace>;
}

/** Returns the live namespaces of a server by name. The parents of dynamic namespaces are not among them. */
export function namespacesOf({ _nsps }: Server): ReadonlyMap<string, Namespace> {
  return _nsps;
}

/** Removes a namespace from its server, unless another one has its name by now. */
export function deleteNamespace(namespace: Namespace): void {
  const { _nsps } = namespace.server;
  if (_nsps.get(namespace.name) === namespace) _nsps.delete(namespace.name);
}

/** The parent of all namespaces that match a pattern. */
export class DynamicParent {
  private readonly tables: ParentTables;
  private readonly parent: ParentNamespace;

  /** @param pattern a RegExp, not a function: Socket.IO's `of` looks only at those for the parent of a name */
  constructor(
    io: Server,
    private readonly pattern: RegExp,
  ) {
    this.tables = io as object as ParentTables;
    this.parent = io.of(pattern) as object as ParentNamespace;
  }

  add(child: Namespace): void {
    this.parent.children.add(child);
  }

  /** Removes a child from all parents: it may also match a pattern of the application. */
  delete(child: Namespace): void {
    for (const { children } of this.tables.parentNsps.values()) children.delete(child);
  }

  /** Removes the parent from its server. */
  close(): void {
    const { parentNsps, parentNamespacesFromRegExp } = this.tables;
    parentNamespacesFromRegExp.delete(this.pattern);
    for (const [matches, parent] of parentNsps) if (parent === this.parent) parentNsps.delete(matches);
  }
}
