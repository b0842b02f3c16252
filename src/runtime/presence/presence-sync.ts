import type { Reply } from '../cluster/topics';
import { DONE, expectValid, isCount } from '../cluster/wire';
import type { NodeLink } from './node-link';
import { decodeChanges, encodeChanges } from './device-codec';
import type { Replica } from './device';
import type { NodeCopies } from './node-copies';
import type { Change, OwnDevices } from './own-devices';
import type { PresenceTable } from './presence-table';
import { TimeSlice } from './time-slice';

/*
 * How nodes tell each other of their devices. A node sends its changes to all others, numbered. A node that misses some asks
 * for all devices. When nodes meet, and when changes have ended, each asks the others what they have of its devices, and
 * sends all to those that have something else. While nothing changes, nothing is sent.
 */

const TOPICS = {
  /** `[instance, since, text]`: changes of the devices of the sender. */
  changes: 'presence',
  /** `[instance, version, part, text, total]`: a part of all devices of the sender. */
  state: 'presence-state',
  /** `[instance]`: all devices of the receiver are wanted. */
  want: 'presence-want',
  /**
   * `[instance, version]`: asks which version the receiver has of the devices of the sender. The answer is that version, and the
   * instance and version of the receiver.
   */
  check: 'presence-check',
} as const;

/** The parts of a state. */
const FIRST = 0;
const MORE = 1;
const LAST = 2;

const NO_CHANGES = '[]';
/** So many changes are encoded without a pause. */
const MAX_CHANGES = 100;

/** After so long without a change, the other nodes are asked what they have. */
const CHECK_DELAY_MS = 1000;
/** The other nodes have so long to answer. */
const CHECK_TIMEOUT_MS = 5000;
/** Nodes that have just met tell clients nothing until each has the devices of the other, but at most for this time. */
const MEETING_TIMEOUT_MS = 1000;

/** All devices of a node, while they arrive. */
interface IncomingState {
  readonly version: number;
  readonly seen: Set<string>;
  /** Changes that came since. */
  readonly later: { readonly since: number; readonly changes: readonly Change[] }[];
}

/** Keeps the copies of the devices of all nodes up to date. */
export class PresenceSync {
  private readonly incoming = new Map<Replica, IncomingState>();
  private readonly meeting = new Map<string, NodeJS.Timeout>();
  /** The state that is being sent, by node: another object if sending has begun again. */
  private readonly sending = new Map<string, object>();
  private readonly ends: (() => void)[];
  private checkTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param met called when the devices of nodes that have just met are known */
  constructor(
    private readonly link: NodeLink,
    private readonly own: OwnDevices,
    private readonly copies: NodeCopies,
    private readonly table: PresenceTable,
    private readonly met: () => void,
  ) {
    this.ends = [
      link.handle(TOPICS.changes, { send: (args, node) => this.receiveChanges(node, args) }),
      link.handle(TOPICS.state, { send: (args, node) => this.receiveState(node, args) }),
      link.handle(TOPICS.want, {
        send: ([instance], node) => {
          if (instance === own.replica.instance) void this.sendState(node);
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
    this.sending.delete(node);
    this.meeting.set(node, setTimeout(() => this.know(node), MEETING_TIMEOUT_MS).unref());
    void this.check([node]);
  }

  private part(node: string): void {
    for (const copy of this.copies) if (copy.node === node) this.incoming.delete(copy);
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
            if (!isCount(known) || known < sentVersion) void this.sendState(node);
            if (!this.hasVersion(node, instance, version)) this.link.send(TOPICS.want, [instance], node);
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
    const { version: known } = this.copyOf(node, instance);
    reply(DONE, known, replica.instance, sentVersion);
    this.hasVersion(node, instance, version);
  }

  /** Returns true if this node has a version of the devices of another, which it knows then. */
  private hasVersion(node: string, instance: string, version: number): boolean {
    const copy = this.copyOf(node, instance);
    // The rest of a state is on its way.
    if (this.incoming.has(copy)) return true;
    if (copy.version < version) return false;
    this.know(node);
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

  /** Sends all devices of this node, in parts. Changes that are sent meanwhile come after them. */
  private async sendState(node: string): Promise<void> {
    if (this.sending.has(node)) return;
    const { instance, version, devices } = this.own.replica;
    // Devices are replaced when they change: these stay as they are in this version.
    const state = [...devices.values()];
    this.sending.set(node, state);
    const send = (part: number, text: string): void => {
      this.link.send(TOPICS.state, [instance, version, part, text, state.length], node);
    };
    send(FIRST, NO_CHANGES);
    for (const { text } of encodeChanges(state)) {
      send(MORE, text);
      await new Promise(setImmediate);
      if (this.isClosed || this.sending.get(node) !== state) return;
    }
    send(LAST, NO_CHANGES);
    this.sending.delete(node);
  }

  private receiveState(node: string, [instance, version, part, text, total]: readonly unknown[]): void {
    expectValid(typeof instance === 'string' && isCount(version), 'a malformed state of presence');
    const copy = this.copyOf(node, instance);
    if (part === FIRST) this.incoming.set(copy, { version, seen: new Set(), later: [] });
    const state = this.incoming.get(copy);
    if (state?.version !== version) return;
    for (const device of decodeChanges(text)) {
      expectValid(typeof device !== 'string', 'a state of presence with a device that is gone');
      state.seen.add(device.socketId);
      this.table.set(copy, device, false);
    }
    if (part === LAST) this.completeState(copy, state, total);
  }

  private completeState(copy: Replica, { version, seen, later }: IncomingState, total: unknown): void {
    const { node, instance } = copy;
    this.incoming.delete(copy);
    if (seen.size !== total) {
      this.link.send(TOPICS.want, [instance], node);
      return;
    }
    for (const socketId of [...copy.devices.keys()])
      if (!seen.has(socketId)) this.table.delete(copy, socketId, false);
    copy.version = version;
    for (const { since, changes } of later) this.apply(copy, since, changes);
    this.know(node);
  }

  private receiveChanges(node: string, [instance, since, text]: readonly unknown[]): void {
    expectValid(typeof instance === 'string' && isCount(since), 'malformed changes of presence');
    const copy = this.copyOf(node, instance);
    const changes = decodeChanges(text);
    const state = this.incoming.get(copy);
    if (state) state.later.push({ since, changes });
    else this.apply(copy, since, changes);
  }

  private apply(copy: Replica, since: number, changes: readonly Change[]): void {
    if (copy.version < since) {
      // Changes before these are missing.
      this.link.send(TOPICS.want, [copy.instance], copy.node);
      return;
    }
    // The first ones may be known from a state that was sent before them.
    for (const change of changes.slice(copy.version - since)) {
      copy.version++;
      if (typeof change === 'string') this.table.delete(copy, change, true);
      else this.table.set(copy, change, true);
    }
  }
}
