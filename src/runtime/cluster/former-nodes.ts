import type { FormerLinks } from './remote';

/** The former links of so many nodes are remembered. */
const MAX_FORMER_NODES = 1000;

/** Remembers the former links of nodes, also while the nodes are gone: what still arrives from those links is ignored. */
export class FormerNodes {
  private readonly links = new Map<string, FormerLinks>();

  /** Returns the former links of a node, to be read and written. */
  linksOf(node: string): FormerLinks {
    const links = this.links.get(node) ?? { ended: [], last: undefined };
    // The latest node stands last.
    this.links.delete(node);
    this.links.set(node, links);
    for (const oldest of this.links.keys()) {
      if (this.links.size <= MAX_FORMER_NODES) break;
      this.links.delete(oldest);
    }
    return links;
  }
}
