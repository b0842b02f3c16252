/** After this time the packets that are missing before others are given up. */
const GAP_TIMEOUT_MS = 500;
/** So many packets wait for a missing one at most. */
const MAX_WAITING_PACKETS = 64;

export interface InboxHandlers {
  /** Takes the messages of a packet. Must not throw. */
  deliver(messages: readonly unknown[]): void;
  /** Called before messages are delivered that do not continue the last ones. */
  interrupted(): void;
  /** Takes the number of packets that are missing or came too late. */
  lost(packets: number): void;
}

/**
 * Delivers the packets of one node in the order in which they were sent, each at most once.
 *
 * Transporters keep the order, but compression and other asynchronous middlewares of Moleculer do not.
 */
export class Inbox {
  private epoch = 0;
  private next = 1;
  private readonly waiting = new Map<number, readonly unknown[]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly handlers: InboxHandlers) {}

  /** Takes a packet. */
  accept(epoch: number, seq: number, messages: readonly unknown[]): void {
    if (epoch > this.epoch) this.begin(epoch);
    if (epoch < this.epoch || seq < this.next) {
      this.handlers.lost(1);
    } else if (seq === this.next) {
      this.next++;
      this.handlers.deliver(messages);
      if (this.waiting.size > 0) this.deliverWaiting();
    } else {
      this.waiting.set(seq, messages);
      if (this.waiting.size > MAX_WAITING_PACKETS) this.skipGap();
      else if (!this.timer) this.watchGap();
    }
  }

  /** Stops waiting for missing packets, and drops those that wait. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  /** Ends the old stream of the sender, which has started a new one. */
  private begin(epoch: number): void {
    while (this.waiting.size > 0) this.skipGap();
    this.handlers.interrupted();
    this.epoch = epoch;
    this.next = 1;
  }

  private deliverWaiting(): void {
    for (let messages; (messages = this.waiting.get(this.next));) {
      this.waiting.delete(this.next);
      this.next++;
      this.handlers.deliver(messages);
    }
    if (this.waiting.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private skipGap(): void {
    const first = Math.min(...this.waiting.keys());
    this.handlers.lost(first - this.next);
    this.handlers.interrupted();
    this.next = first;
    this.deliverWaiting();
  }

  private watchGap(): void {
    const missing = this.next;
    this.timer = setTimeout(() => {
      // If the event loop was blocked, the packet may have arrived and not been read yet.
      setImmediate(() => {
        if (!this.timer) return;
        if (this.next === missing) this.skipGap();
        if (this.waiting.size > 0) this.watchGap();
      });
    }, GAP_TIMEOUT_MS).unref();
  }
}
