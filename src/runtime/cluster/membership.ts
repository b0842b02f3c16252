import { Conditions } from './conditions';
import { FormerNodes } from './former-nodes';
import type { ClusterLog } from './observers';
import type { NodeEvents } from './node-events';
import type { FormerLinks, Remote } from './remote';
import { DATA, HELLO, type Packet } from './wire';

/** A gateway waits so long at its start until the other nodes can reach it. */
const GREETING_TIMEOUT_MS = 500;
/** The nodes of which only the address is known are asked so often. One that does not listen yet asks itself when it does. */
const DISCOVERY_INTERVAL_MS = 100;
/** A node that has greeted and is not in the registry after this time is gone. */
const LISTING_TIMEOUT_MS = 15_000;

export interface MembershipHandlers {
  /** Creates the record of a node. */
  createRemote(node: string, former: FormerLinks): Remote;
  joined(remote: Remote): void;
  left(remote: Remote): void;
}

/**
 * Knows the other nodes of the gateway: those that listen to its event, by Moleculer's registry, and those that greet.
 *
 * The registry tells of a new node after 1 to 3 seconds. So a new node says HELLO to every node that it knows, is a peer
 * of them at once, and is answered WELCOME. There are no heartbeats: the registry knows when a node is gone.
 */
export class Membership {
  private readonly remotes = new Map<string, Remote>();
  private readonly former = new FormerNodes();
  private readonly conditions = new Conditions();
  private closed = false;

  constructor(
    private readonly instance: string,
    private readonly events: NodeEvents,
    private readonly handlers: MembershipHandlers,
    private readonly log: ClusterLog,
  ) {}

  /** Greets all nodes that listen and have not yet greeted. Ends with nodes that no longer listen. */
  update(): void {
    if (this.closed) return;
    const listening = this.listening();
    for (const node of listening) {
      const remote = this.remote(node);
      remote.isListed = true;
      if (remote.instance !== undefined && !remote.isPeer) this.join(remote);
      if (!remote.reachesUs && !remote.isRetrying) this.greet(remote);
    }
    for (const remote of this.remotes.values()) {
      if (!remote.isListed || listening.has(remote.node)) continue;
      remote.isListed = false;
      this.leave(remote);
    }
    this.conditions.check();
  }

  /** Greets all nodes again: messages in both directions may be lost. */
  restart(): void {
    for (const remote of this.remotes.values()) {
      if (!remote.isPeer) continue;
      remote.restart();
      this.greet(remote);
    }
    this.update();
  }

  /**
   * Takes the head of a packet.
   *
   * @returns the sender, if the packet is for this link
   */
  take(node: string, packet: Packet): Remote | undefined {
    if (this.closed) return undefined;
    const remote = this.remote(node);
    if (packet.to !== this.instance && packet.to !== '') {
      // It is for the link that was here before. The sender may know this one by now.
      const knowsUs = remote.reachesUs && remote.instance === packet.from;
      if (!knowsUs && !remote.isRetrying) this.greet(remote);
      this.expectListing(remote);
      return undefined;
    }
    remote.isForeign = false;
    if (remote.hasEnded(packet.from)) return undefined;
    if (remote.instance !== packet.from) {
      this.leave(remote);
      remote.begin(packet.from);
      this.join(remote);
      // It goes on with a stream whose beginning this node has forgotten.
      if (packet.seq > 1) this.greet(remote);
    } else if (packet.type !== DATA && !remote.isPeer) this.join(remote);
    if (packet.type === HELLO) remote.welcome();
    if (packet.to === this.instance) this.reached(remote);
    return remote;
  }

  /** Ignores a node that has another version of the protocol. */
  refuse(node: string): void {
    if (!this.closed) this.remote(node).isForeign = true;
    this.conditions.check();
  }

  /** Removes a node whose link has said that it closes. */
  ended(node: string): void {
    const remote = this.remotes.get(node);
    if (!remote) return;
    this.leave(remote);
    remote.end();
    this.conditions.check();
  }

  /** Removes a node that is gone by Moleculer's registry. */
  disconnected(node: string): void {
    const remote = this.remotes.get(node);
    if (!remote) return;
    const wasPeer = remote.isPeer;
    this.leave(remote);
    remote.close();
    this.remotes.delete(node);
    this.conditions.check();
    if (wasPeer && !this.closed) this.probe(node);
  }

  /**
   * Resolves when the event has listeners here and all nodes known so far have greeted, at most 500 ms after it has
   * listeners; later if the process gets no processor.
   */
  async greeted(): Promise<void> {
    if (!this.events.hasTransporter) return;
    await this.conditions.until(() => this.closed || this.events.isSubscribed);
    this.update();
    const discovering = this.events.isDiscovering
      ? setInterval(() => this.discover(), DISCOVERY_INTERVAL_MS)
      : undefined;
    this.discover();
    const isInTime = await this.conditions.until(() => this.closed || this.isGreeted(), GREETING_TIMEOUT_MS);
    clearInterval(discovering);
    if (!isInTime) this.log.debug(`Not all nodes have answered within ${GREETING_TIMEOUT_MS} ms.`);
  }

  /** Forgets all nodes. */
  close(): void {
    this.closed = true;
    for (const remote of this.remotes.values()) {
      this.leave(remote);
      remote.close();
    }
    this.remotes.clear();
    this.conditions.check();
  }

  /**
   * Greets a node that the registry has lost. Over TCP, Moleculer takes a node for gone if one of several connections to it
   * ends, and finds it again after seconds. If the node is there, it answers and is a peer again at once.
   */
  private probe(node: string): void {
    const remote = this.remote(node);
    remote.outbox.greet(HELLO);
    this.expectListing(remote);
  }

  private discover(): void {
    if (this.events.isDiscovering) this.events.discover();
  }

  private listening(): Set<string> {
    // Nodes that cannot answer are not asked.
    return new Set(this.events.isSubscribed ? this.events.listeningNodes() : []);
  }

  private isGreeted(): boolean {
    if (this.events.isDiscovering) return false;
    return this.events.listeningNodes().every((node) => {
      const remote = this.remote(node);
      return remote.reachesUs || remote.isForeign;
    });
  }

  private remote(node: string): Remote {
    let remote = this.remotes.get(node);
    if (!remote)
      this.remotes.set(node, (remote = this.handlers.createRemote(node, this.former.linksOf(node))));
    return remote;
  }

  private join(remote: Remote): void {
    remote.isPeer = true;
    this.handlers.joined(remote);
    this.expectListing(remote);
  }

  private expectListing(remote: Remote): void {
    if (remote.isListed) return;
    remote.expectListing(LISTING_TIMEOUT_MS, () => {
      if (!remote.isListed) this.disconnected(remote.node);
    });
  }

  private leave(remote: Remote): void {
    if (!remote.isPeer) return;
    remote.leave();
    this.handlers.left(remote);
  }

  private greet(remote: Remote): void {
    if (remote.isForeign) return;
    remote.hello(() => {
      if (!this.closed && remote.isListed && !remote.reachesUs) this.greet(remote);
    });
  }

  private reached(remote: Remote): void {
    if (remote.reachesUs) return;
    remote.reached();
    this.conditions.check();
  }
}
