import type { Reply } from '../cluster/topics';
import { DONE, expectValid, isCount } from '../cluster/wire';
import type { NodeLink } from './node-link';
import type { Replica } from './device';
import { encodeChanges } from './device-codec';
import { IncomingDevices } from './incoming-devices';
import type { NodeCopies } from './node-copies';
import { OutgoingStates } from './outgoing-states';
import type { OwnDevices } from './own-devices';
import type { PresenceTable } from './presence-table';
import { TOPICS } from './presence-topics';
import { TimeSlice } from './time-slice';

/*
 * How nodes tell each other of their devices. A node sends its changes to all others, numbered. A node that misses some asks
 * for all devices. When nodes meet, and when changes have ended, each asks the others what they have of its devices, and
 * sends all to those that have something else. While nothing changes, nothing is sent.
 */

/** So many changes are encoded without a pause. */
const MAX_CHANGES = 100;

/** After so long without a change, the other nodes are asked what they have. */
const CHECK_DELAY_MS = 1000;
/** The other nodes have so long to answer. */
const CHECK_TIMEOUT_MS = 5000;
/** Nodes that have just met tell clients nothing until each has the devices of the other, but at most for this time. */
const MEETING_TIMEOUT_MS = 1000;

/** Keeps the copies of the devices of all nodes up to date. */
export class PresenceSync {
  private readonly incoming: IncomingDevices;
  private readonly outgoing: OutgoingStates;
  private readonly meeting = new Map<string, NodeJS.Timeout>();
  private readonly ends: (() => void)[];
  private checkTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param met called when the devices of nodes that have just met are known */
  constructor(
    private readonly link: NodeLink,
    private readonly own: OwnDevices,
    private readonly copies: NodeCopies,
    table: PresenceTable,
    private readonly met: () => void,
  ) {
    this.outgoing = new OutgoingStates(link, own);
    this.incoming = new IncomingDevices(link, table, {
      copyOf: (node, instance) => this.copyOf(node, instance),
      complete: (node) => this.know(node),
    });
    this.ends = [
      link.handle(TOPICS.changes, { send: (args, node) => this.incoming.receiveChanges(node, args) }),
      link.handle(TOPICS.state, { send: (args, node) => this.incoming.receiveState(node, args) }),
      link.handle(TOPICS.want, {
        send: ([instance], node) => {
          if (instance === own.replica.instance) void this.outgoing.send(node);
        },
      }),
      link.handle(TOPICS.check, { ask: (args, reply, node) => this.answerCheck(node, args, reply) }),
      link.watchPeers((node, joined) => {
        if (joined) this.meet(node);
        else this.part(node);
      }),
      link.watchRestarts(() => this.checkSoon()),
    ];
    for (const node of link.peers) this.meet(node);
  }

  /** True until the devices of nodes that have just met are known. */
  get isMeeting(): boolean {
    return this.meeting.size > 0;
  }

  /** Sends what has changed since it was last called. */
  async sendChanges(): Promise<void> {
    const slice = new TimeSlice();
    while (this.sendSome(MAX_CHANGES)) if (slice.isOver) await slice.next();
  }

  /** Sends what has changed, at once. */
  sendAllChanges(): void {
    this.sendSome(Infinity);
  }

  close(): void {
    this.isClosed = true;
    this.outgoing.close();
    for (const end of this.ends) end();
    clearTimeout(this.checkTimer);
    for (const timer of this.meeting.values()) clearTimeout(timer);
    this.meeting.clear();
  }

  /** Sends the oldest changes. Returns false if there are none. */
  private sendSome(most: number): boolean {
    const { since, list } = this.own.takeChanges(most);
    if (list.length === 0) return false;
    if (this.link.peers.length === 0) return true;
    let from = since;
    for (const { text, count } of encodeChanges(list)) {
      this.link.send(TOPICS.changes, [this.own.replica.instance, from, text]);
      from += count;
    }
    this.checkLater();
    return true;
  }

  private meet(node: string): void {
    clearTimeout(this.meeting.get(node));
    this.outgoing.stop(node);
    this.meeting.set(node, setTimeout(() => this.know(node), MEETING_TIMEOUT_MS).unref());
    void this.check([node]);
  }

  private part(node: string): void {
    for (const copy of this.copies) if (copy.node === node) this.incoming.forget(copy);
    this.copies.leave(node);
    this.know(node);
  }

  /** Notes that the devices of a node are known, or that it has none. */
  private know(node: string): void {
    clearTimeout(this.meeting.get(node));
    if (this.meeting.delete(node) && this.meeting.size === 0) this.met();
  }

  /** Compares versions with other nodes, and sends and asks for all devices where they differ. */
  private async check(nodes: readonly string[]): Promise<void> {
    const { replica, sentVersion } = this.own;
    const answered = new Set<string>();
    try {
      await this.link.ask(
        TOPICS.check,
        [replica.instance, sentVersion],
        {
          read: ([known, instance, version], node) => {
            answered.add(node);
            expectValid(
              typeof instance === 'string' && isCount(version),
              'a malformed answer about presence',
            );
            if (!isCount(known) || known < sentVersion) void this.outgoing.send(node);
            if (!this.hasVersion(this.copyOf(node, instance), version))
              this.link.send(TOPICS.want, [instance], node);
          },
          done: (node) => {
            // The node has no presence.
            if (!answered.has(node)) this.know(node);
          },
          timeout: CHECK_TIMEOUT_MS,
        },
        nodes,
      );
    } catch {
      // The question or its answer was lost.
      if (!this.isClosed) this.checkLater();
    }
  }

  private answerCheck(node: string, [instance, version]: readonly unknown[], reply: Reply): void {
    expectValid(typeof instance === 'string' && isCount(version), 'a malformed check of presence');
    const { replica, sentVersion } = this.own;
    const copy = this.copyOf(node, instance);
    reply(DONE, copy.version, replica.instance, sentVersion);
    this.hasVersion(copy, version);
  }

  /** Returns true if this node has a version of the devices of another, which it knows then. */
  private hasVersion(copy: Replica, version: number): boolean {
    // The rest of a state is on its way.
    if (this.incoming.isReceiving(copy)) return true;
    if (copy.version < version) return false;
    this.know(copy.node);
    return true;
  }

  private copyOf(node: string, instance: string): Replica {
    return this.copies.of(node, instance, this.link.peers.includes(node));
  }

  private checkLater(): void {
    clearTimeout(this.checkTimer);
    this.checkTimer = setTimeout(() => this.checkSoon(), CHECK_DELAY_MS).unref();
  }

  private checkSoon(): void {
    clearTimeout(this.checkTimer);
    if (this.link.peers.length > 0) void this.check(this.link.peers);
  }
}
