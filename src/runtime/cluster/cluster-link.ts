import { randomBytes } from 'node:crypto';
import type { Context, ServiceBroker } from 'moleculer';

import { Inbound } from './inbound';
import { Membership } from './membership';
import { NodeEvents } from './node-events';
import { type ClusterCounters, type ClusterLog, NO_COUNTERS } from './observers';
import { Outbox } from './outbox';
import { Peers } from './peers';
import { type Answers, type QuestionOptions, Questions } from './questions';
import { ReassemblyBudget } from './reassembly';
import { ReceivedInput } from './received-input';
import { Remote } from './remote';
import { type Reply, type TopicHandlers, Topics } from './topics';
import {
  ANSWER,
  type Argument,
  ASK,
  expectValid,
  isCount,
  LEAVE,
  MalformedMessage,
  PROTOCOL_VERSION,
  readPacket,
  SEND,
  versionOf,
} from './wire';

/** Waits so long for messages to be sent when the link closes. */
const CLOSE_TIMEOUT_MS = 500;

export interface ClusterLinkOptions {
  readonly broker: ServiceBroker;
  /** The event that the nodes of the gateway exchange. */
  readonly event: string;
  readonly log: ClusterLog;
  readonly counters?: ClusterCounters | undefined;
}

/** Takes part in the cluster of one gateway: sends messages and questions to its other nodes, and receives theirs. */
export class ClusterLink {
  /** Identifies this link. A node that restarts has another one. */
  readonly instance = randomBytes(6).toString('base64url');

  private readonly events: NodeEvents;
  private readonly membership: Membership;
  private readonly input: ReceivedInput;
  private readonly topics: Topics;
  private readonly questions = new Questions();
  private readonly counters: ClusterCounters;
  private readonly remotes: Peers;
  private readonly restartWatchers = new Set<() => void>();
  private readonly budget = new ReassemblyBudget();
  private readonly stopFollowing: () => void;
  private epoch = 0;
  private greeting: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private closed = false;

  constructor({ broker, event, log, counters = NO_COUNTERS }: ClusterLinkOptions) {
    this.counters = counters;
    this.input = new ReceivedInput(log, counters);
    this.topics = new Topics(this.input);
    this.remotes = new Peers(this.input, counters);
    this.remotes.watch((node, joined) => {
      if (!joined) this.questions.forget(node);
    });
    this.events = new NodeEvents(broker, event);
    this.membership = new Membership(
      this.instance,
      this.events,
      {
        createRemote: (node, former) =>
          new Remote(node, this.createOutbox(node, log), () => this.createInbound(node), former),
        joined: (remote) => this.remotes.add(remote),
        left: ({ node }) => this.remotes.delete(node),
      },
      log,
    );
    this.stopFollowing = this.events.follow(
      {
        changed: () => this.membership.update(),
        disconnected: (node) => this.membership.disconnected(node),
        connected: () => {
          this.membership.restart();
          for (const watcher of [...this.restartWatchers]) watcher();
        },
      },
      log,
    );
  }

  /** The number of nodes that messages are sent to. */
  get size(): number {
    return this.remotes.size;
  }

  /** The ids of the nodes that messages are sent to. */
  get peers(): string[] {
    return this.remotes.nodes;
  }

  /**
   * Calls a function whenever a node joins or leaves.
   *
   * @returns a function that ends it
   */
  watchPeers(watcher: (node: string, joined: boolean) => void): () => void {
    return this.remotes.watch(watcher);
  }

  /**
   * Calls a function whenever the transporter has connected again: messages in both directions may be lost.
   *
   * @returns a function that ends it
   */
  watchRestarts(watcher: () => void): () => void {
    this.restartWatchers.add(watcher);
    return () => this.restartWatchers.delete(watcher);
  }

  /**
   * Resolves when the other nodes can reach this one: when all that are known have greeted, at most 500 ms after the
   * gateway's service is registered. Do not await it in `started`, which comes before that.
   */
  greet(): Promise<void> {
    return (this.greeting ??= this.membership.greeted());
  }

  /**
   * Handles what other nodes send and ask under a topic.
   *
   * @returns a function that ends it
   */
  handle(topic: string, handlers: TopicHandlers): () => void {
    return this.topics.handle(topic, handlers);
  }

  /**
   * Sends a message to all peers, or to one. Messages to a node arrive in the order in which they are sent.
   *
   * @throws ClusterError `CLUSTER_MESSAGE_TOO_LARGE` if it is larger than 64 MiB
   */
  send(topic: string, args: readonly Argument[], node?: string): void {
    if (this.remotes.size > 0)
      this.remotes.push([SEND, topic, ...args], node === undefined ? this.peers : [node]);
  }

  /** Resolves when nothing that was sent to a node waits for the transporter any more. */
  async drained(node: string): Promise<void> {
    await this.remotes.drained(node);
  }

  /**
   * Asks all peers, or some.
   *
   * @returns the answers by node id, without those of nodes that have left or have nothing to say
   * @throws ClusterError `CLUSTER_TIMEOUT`, `CLUSTER_ANSWER_FAILED` or `CLUSTER_MESSAGE_TOO_LARGE`
   */
  ask<T>(
    topic: string,
    args: readonly Argument[],
    options: QuestionOptions<T>,
    nodes: readonly string[] = this.peers,
  ): Promise<Answers<T>> {
    return this.questions.ask(
      nodes,
      (id) => this.remotes.push([ASK, id, topic, ...args], nodes, (node) => this.questions.forget(node, id)),
      options,
    );
  }

  /** Takes the gateway's event from another node. Does not throw. */
  receive({ nodeID, params }: Pick<Context, 'nodeID' | 'params'>): void {
    if (this.closed || !nodeID || nodeID === this.events.nodeID) return;
    const version = versionOf(params);
    if (version !== undefined && version !== PROTOCOL_VERSION) {
      this.membership.refuse(nodeID);
      const versions = `version ${version} of the cluster's protocol, and this node has ${PROTOCOL_VERSION}`;
      this.input.refuse(nodeID, `${nodeID} has ${versions}: they ignore each other.`);
      return;
    }
    const packet = readPacket(params);
    if (!packet) {
      this.input.malformed(nodeID, 'something that is not a packet');
      return;
    }
    const remote = this.membership.take(nodeID, packet);
    if (packet.messages.length === 0) return;
    if (remote?.inbound) remote.inbound.accept(packet.epoch, packet.seq, packet.messages);
    else this.counters.lost(packet.messages.length);
  }

  /** Tells the other nodes that this one is gone, ends all questions, and ignores what comes. */
  close(): Promise<void> {
    return (this.closing ??= this.leave());
  }

  private async leave(): Promise<void> {
    this.stopFollowing();
    this.remotes.push([LEAVE], this.peers);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      Promise.all(this.peers.map((node) => this.remotes.drained(node))),
      new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS))),
    ]);
    clearTimeout(timer);
    this.closed = true;
    this.membership.close();
  }

  private createOutbox(node: string, log: ClusterLog): Outbox {
    return new Outbox(this.instance, {
      send: (packet) => this.events.send(node, packet),
      nextEpoch: () => ++this.epoch,
      sent: (messages) => this.counters.sent(messages),
      lost: (messages, reason) => {
        this.counters.lost(messages);
        if (reason) log.debug(`${messages} messages to ${node} are lost.`, reason);
      },
    });
  }

  private createInbound(node: string): Inbound {
    const { budget, input, counters } = this;
    return new Inbound({ node, budget, input, counters, deliver: (...message) => this.deliver(...message) });
  }

  private deliver(node: string, kind: unknown, args: readonly unknown[]): void {
    if (this.closed) return;
    this.counters.received(1);
    if (kind === SEND) this.topics.deliver(node, args);
    else if (kind === ANSWER) this.questions.answered(node, args);
    else if (kind === LEAVE) this.membership.ended(node);
    else if (kind === ASK) {
      const [id, ...question] = args;
      expectValid(isCount(id), 'a question without a number');
      const reply: Reply = (state, ...answer) => this.remotes.push([ANSWER, id, state, ...answer], [node]);
      this.topics.ask(node, question, reply);
    } else throw new MalformedMessage('a message of an unknown kind');
  }
}
