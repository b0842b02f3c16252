import { expectValid, isCount } from '../cluster/wire';
import type { Replica } from './device';
import { decodeChanges } from './device-codec';
import type { NodeLink } from './node-link';
import type { Change } from './own-devices';
import type { PresenceTable } from './presence-table';
import { FIRST, LAST, TOPICS } from './presence-topics';

/** All devices of a node, while they arrive. */
interface IncomingState {
  readonly version: number;
  readonly seen: Set<string>;
  /** Changes that came since. */
  readonly later: { readonly since: number; readonly changes: readonly Change[] }[];
}

/** The copies that the devices go into. */
interface Copies {
  copyOf(node: string, instance: string): Replica;
  /** Called when all devices of a node have arrived. */
  complete(node: string): void;
}

/** Puts what other nodes tell of their devices into the copies. Asks a node for all of them if something is missing. */
export class IncomingDevices {
  private readonly states = new Map<Replica, IncomingState>();

  constructor(
    private readonly link: NodeLink,
    private readonly table: PresenceTable,
    private readonly copies: Copies,
  ) {}

  /** Returns true while the rest of a state is on its way. */
  isReceiving(copy: Replica): boolean {
    return this.states.has(copy);
  }

  /** Forgets what has arrived of a state. */
  forget(copy: Replica): void {
    this.states.delete(copy);
  }

  receiveState(node: string, [instance, version, part, text, total]: readonly unknown[]): void {
    expectValid(typeof instance === 'string' && isCount(version), 'a malformed state of presence');
    const copy = this.copies.copyOf(node, instance);
    if (part === FIRST) this.states.set(copy, { version, seen: new Set(), later: [] });
    const state = this.states.get(copy);
    if (state?.version !== version) return;
    for (const device of decodeChanges(text)) {
      expectValid(typeof device !== 'string', 'a state of presence with a device that is gone');
      state.seen.add(device.socketId);
      this.table.set(copy, device, false);
    }
    if (part === LAST) this.completeState(copy, state, total);
  }

  receiveChanges(node: string, [instance, since, text]: readonly unknown[]): void {
    expectValid(typeof instance === 'string' && isCount(since), 'malformed changes of presence');
    const copy = this.copies.copyOf(node, instance);
    const changes = decodeChanges(text);
    const state = this.states.get(copy);
    if (state) state.later.push({ since, changes });
    else this.apply(copy, since, changes);
  }

  private completeState(copy: Replica, { version, seen, later }: IncomingState, total: unknown): void {
    const { node, instance } = copy;
    this.states.delete(copy);
    if (seen.size !== total) {
      this.link.send(TOPICS.want, [instance], node);
      return;
    }
    for (const socketId of [...copy.devices.keys()])
      if (!seen.has(socketId)) this.table.delete(copy, socketId, false);
    copy.version = version;
    for (const { since, changes } of later) this.apply(copy, since, changes);
    this.copies.complete(node);
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
