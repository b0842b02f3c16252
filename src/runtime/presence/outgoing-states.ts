import { encodeChanges } from './device-codec';
import type { NodeLink } from './node-link';
import type { OwnDevices } from './own-devices';
import { FIRST, LAST, MORE, TOPICS } from './presence-topics';

const NO_CHANGES = '[]';

/** Sends all devices of this node to nodes that have something else. */
export class OutgoingStates {
  /** The state that is being sent, by node: another object if sending has begun again. */
  private readonly sending = new Map<string, object>();
  private isClosed = false;

  constructor(
    private readonly link: NodeLink,
    private readonly own: OwnDevices,
  ) {}

  /** Sends all devices, in parts. Changes that are sent meanwhile come after them. Does nothing while it sends to the node. */
  async send(node: string): Promise<void> {
    if (this.isClosed || this.sending.has(node)) return;
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
      if (this.sending.get(node) !== state) return;
    }
    send(LAST, NO_CHANGES);
    this.sending.delete(node);
  }

  /** Stops sending to a node, so that the next call begins again. */
  stop(node: string): void {
    this.sending.delete(node);
  }

  /** Stops sending for good. */
  close(): void {
    this.isClosed = true;
    this.sending.clear();
  }
}
