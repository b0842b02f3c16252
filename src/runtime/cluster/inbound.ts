import { Inbox } from './inbox';
import type { ClusterCounters } from './observers';
import { Reassembly, type ReassemblyBudget } from './reassembly';
import type { ReceivedInput } from './received-input';
import { expectValid, PIECE } from './wire';

export interface InboundOptions {
  readonly node: string;
  readonly budget: ReassemblyBudget;
  readonly input: ReceivedInput;
  readonly counters: ClusterCounters;
  /** Takes a whole message. What it throws is logged. */
  readonly deliver: (node: string, kind: unknown, args: readonly unknown[]) => void;
}

/** Turns the packets of one link of another node into messages: in order, and in one piece. */
export class Inbound {
  private readonly inbox: Inbox;
  private readonly reassembly: Reassembly;

  constructor(private readonly options: InboundOptions) {
    this.reassembly = new Reassembly(options.budget);
    this.inbox = new Inbox({
      deliver: (messages) => this.deliver(messages),
      interrupted: () => this.interrupt(),
      lost: (packets) => options.counters.lost(packets),
    });
  }

  /** Takes a packet. Does not throw. */
  accept(epoch: number, seq: number, messages: readonly unknown[]): void {
    this.inbox.accept(epoch, seq, messages);
  }

  /** Drops what is incomplete. */
  close(): void {
    this.inbox.close();
    this.reassembly.reset();
  }

  private deliver(messages: readonly unknown[]): void {
    const { node, input } = this.options;
    for (const message of messages) {
      try {
        this.read(message);
      } catch (error) {
        input.failed(node, error);
      }
    }
  }

  private read(message: unknown): void {
    const { node, deliver } = this.options;
    expectValid(Array.isArray(message), 'a message that is not a list');
    const [kind, ...args] = message as unknown[];
    if (kind !== PIECE) {
      this.interrupt();
      deliver(node, kind, args);
      return;
    }
    const whole = this.reassembly.add(args);
    if (whole) deliver(node, whole[0], whole.slice(1));
  }

  /** Drops an unfinished message, whose rest does not follow. */
  private interrupt(): void {
    if (!this.reassembly.isUnfinished) return;
    this.reassembly.reset();
    this.options.counters.lost(1);
  }
}
