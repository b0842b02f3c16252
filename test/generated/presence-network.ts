import { type Answers, type QuestionOptions, Questions } from '../../src/runtime/cluster/questions';
import { ABSENT } from '../../src/runtime/cluster/wire';
import type { TopicHandlers } from '../../src/runtime/cluster/topics';
import type { NodeLink } from '../../src/runtime/presence/node-link';

/*
 * A network of nodes in memory. Messages from one node to another arrive in order, some time later, or are lost.
 */

const LATENCIES_MS = [1, 4, 2, 7];

/** The link of a node, as presence sees it. */
export class FakeLink implements NodeLink {
  readonly known = new Set<string>();
  private readonly topics = new Map<string, TopicHandlers>();
  private readonly questions = new Questions();
  private readonly peerWatchers = new Set<(node: string, joined: boolean) => void>();
  private readonly restartWatchers = new Set<() => void>();

  constructor(
    readonly node: string,
    private readonly network: FakeNetwork,
  ) {}

  get peers(): string[] {
    return [...this.known];
  }

  handle(topic: string, handlers: TopicHandlers): () => void {
    this.topics.set(topic, handlers);
    return () => this.topics.delete(topic);
  }

  watchPeers(watcher: (node: string, joined: boolean) => void): () => void {
    this.peerWatchers.add(watcher);
    return () => this.peerWatchers.delete(watcher);
  }

  watchRestarts(watcher: () => void): () => void {
    this.restartWatchers.add(watcher);
    return () => this.restartWatchers.delete(watcher);
  }

  send(topic: string, args: readonly unknown[], node?: string): void {
    for (const to of node === undefined ? this.peers : [node])
      this.transmit(to, (link) => link.topics.get(topic)?.send?.(args, this.node));
  }

  ask<T>(
    topic: string,
    args: readonly unknown[],
    options: QuestionOptions<T>,
    nodes: readonly string[] = this.peers,
  ): Promise<Answers<T>> {
    const ask = (id: number): void => {
      for (const to of nodes) {
        this.transmit(to, (link) => {
          const answer = (...values: unknown[]): void =>
            link.transmit(this.node, () => this.questions.answered(to, [id, ...values]));
          const { ask: answerer } = link.topics.get(topic) ?? {};
          if (answerer) void answerer(args, answer, this.node);
          else answer(ABSENT);
        });
      }
    };
    return this.questions.ask(nodes, ask, options);
  }

  /** Another node has joined or left. */
  change(node: string, joined: boolean): void {
    if (joined) this.known.add(node);
    else this.known.delete(node);
    if (!joined) this.questions.forget(node);
    for (const watcher of [...this.peerWatchers]) watcher(node, joined);
  }

  /** The transporter has connected again. */
  restart(): void {
    for (const watcher of [...this.restartWatchers]) watcher();
  }

  private transmit(to: string, deliver: (link: FakeLink) => void): void {
    if (this.known.has(to)) this.network.transmit(this.node, to, deliver);
  }
}

/** Carries messages between the nodes that reach each other. */
export class FakeNetwork {
  private readonly links = new Map<string, FakeLink>();
  /** The pairs of nodes that are apart. */
  private readonly apart = new Set<string>();
  /** The pairs of nodes between which messages vanish unnoticed. */
  private readonly silent = new Set<string>();
  /** Of each pair, how often it was parted: what was sent before is lost. */
  private readonly epochs = new Map<string, number>();

  /** A node starts: it meets all that it reaches. */
  start(node: string): FakeLink {
    const link = new FakeLink(node, this);
    this.links.set(node, link);
    for (const other of this.links.keys()) if (other !== node) this.meet(node, other);
    return link;
  }

  /** A node is gone. */
  end(node: string): void {
    for (const other of this.links.keys()) if (other !== node) this.part(node, other);
    this.links.delete(node);
  }

  split(one: string, other: string): void {
    if (this.apart.has(pairOf(one, other))) return;
    this.apart.add(pairOf(one, other));
    this.part(one, other);
  }

  /** Messages between two nodes vanish from now on, until they are joined. */
  silence(one: string, other: string): void {
    this.silent.add(pairOf(one, other));
  }

  /** All nodes reach each other again. */
  heal(): void {
    const silent = [...this.silent];
    this.silent.clear();
    const apart = [...this.apart];
    this.apart.clear();
    for (const pair of apart) this.meet(...nodesOf(pair));
    for (const node of new Set(silent.flatMap(nodesOf))) this.links.get(node)?.restart();
  }

  get isWhole(): boolean {
    return this.apart.size === 0 && this.silent.size === 0;
  }

  transmit(from: string, to: string, deliver: (link: FakeLink) => void): void {
    const pair = pairOf(from, to);
    const epoch = this.epochs.get(pair);
    if (this.silent.has(pair)) return;
    const link = this.links.get(to);
    const latency = LATENCIES_MS[(from.charCodeAt(1) * 3 + to.charCodeAt(1)) % LATENCIES_MS.length];
    setTimeout(() => {
      if (link && this.links.get(to) === link && this.epochs.get(pair) === epoch) deliver(link);
    }, latency);
  }

  private meet(one: string, other: string): void {
    const links = [this.links.get(one), this.links.get(other)];
    const [first, second] = links;
    if (!first || !second || this.apart.has(pairOf(one, other)) || first.known.has(other)) return;
    this.parted(one, other);
    first.change(other, true);
    // The other notices a little later: what it is sent before arrives all the same.
    second.change(one, true);
  }

  private part(one: string, other: string): void {
    this.parted(one, other);
    for (const [node, gone] of [
      [one, other],
      [other, one],
    ] as const) {
      const link = this.links.get(node);
      if (link?.known.has(gone)) link.change(gone, false);
    }
  }

  private parted(one: string, other: string): void {
    const pair = pairOf(one, other);
    this.epochs.set(pair, (this.epochs.get(pair) ?? 0) + 1);
  }
}

function pairOf(one: string, other: string): string {
  return [one, other].sort().join('|');
}

function nodesOf(pair: string): [string, string] {
  return pair.split('|') as [string, string];
}
