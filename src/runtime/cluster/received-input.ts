import type { ClusterCounters, ClusterLog } from './observers';
import { MalformedMessage } from './wire';

/** So many nodes are remembered of which something was logged. */
const MAX_LOGGED_NODES = 1000;

/** Counts and logs what is wrong with what other nodes send. */
export class ReceivedInput {
  private readonly logged = new Set<string>();

  constructor(
    private readonly log: ClusterLog,
    private readonly counters: ClusterCounters,
  ) {}

  /** Takes what was thrown: logs malformed input once per node, and anything else as an error. */
  failed(node: string, error: unknown): void {
    if (error instanceof MalformedMessage || error instanceof SyntaxError)
      this.malformed(node, error.message);
    else this.log.error(error);
  }

  /** Counts and logs input that cannot be read. */
  malformed(node: string, what: string): void {
    this.refuse(node, `${node} has sent ${what}: it is dropped. More of it is dropped without a log line.`);
  }

  /** Counts input that is not read, and logs why, once per node. */
  refuse(node: string, text: string): void {
    this.counters.lost(1);
    if (this.logged.has(node) || this.logged.size >= MAX_LOGGED_NODES) return;
    this.logged.add(node);
    this.log.warn(text);
  }
}
