import { encodeMessage } from './encode-message';
import type { ClusterCounters } from './observers';
import type { ReceivedInput } from './received-input';
import type { Remote } from './remote';
import type { Message } from './wire';

/** The nodes that messages are sent to. */
export class Peers {
  private readonly byNode = new Map<string, Remote>();
  private readonly watchers = new Set<(node: string, joined: boolean) => void>();

  constructor(
    private readonly input: ReceivedInput,
    private readonly counters: ClusterCounters,
  ) {
    counters.peers(0);
  }

  get size(): number {
    return this.byNode.size;
  }

  /** The ids of the nodes. */
  get nodes(): string[] {
    return [...this.byNode.keys()];
  }

  add(remote: Remote): void {
    this.byNode.set(remote.node, remote);
    this.tell(remote.node, true);
  }

  delete(node: string): void {
    this.byNode.delete(node);
    this.tell(node, false);
  }

  /**
   * Calls a function whenever a node joins or leaves.
   *
   * @returns a function that ends it
   */
  watch(watcher: (node: string, joined: boolean) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /**
   * Sends a message to some of the nodes.
   *
   * @param lost called for each node that does not get it
   * @throws ClusterError `CLUSTER_MESSAGE_TOO_LARGE` if it is larger than 64 MiB
   */
  push(message: Message, nodes: readonly string[], lost?: (node: string) => void): void {
    const encoded = encodeMessage(message);
    for (const node of nodes) {
      const remote = this.byNode.get(node);
      if (remote) remote.outbox.push(encoded, lost && (() => lost(node)));
      else lost?.(node);
    }
  }

  /** Resolves when nothing that was sent to a node waits for the transporter any more. */
  async drained(node: string): Promise<void> {
    await this.byNode.get(node)?.outbox.drained();
  }

  private tell(node: string, joined: boolean): void {
    this.counters.peers(this.byNode.size);
    for (const watcher of [...this.watchers]) {
      try {
        watcher(node, joined);
      } catch (error) {
        this.input.failed(node, error);
      }
    }
  }
}
