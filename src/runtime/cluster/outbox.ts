import { MAX_PACKET_BYTES, type EncodedMessage } from './encode-message';
import { DATA, type HELLO, PIECE, PROTOCOL_VERSION, WELCOME } from './wire';

/** So many bytes wait for a node at most. More are lost: a node that does not read must not fill the memory. */
const MAX_QUEUED_BYTES = 128 * 1024 * 1024;
/** The bytes of a block in a packet. Base64 makes four bytes of three. */
const PIECE_BYTES = (MAX_PACKET_BYTES / 4) * 3;
/** After so many pieces the event loop gets a turn: transporters may take packets without one. */
const PIECES_PER_TURN = 4;

export interface OutboxHandlers {
  /** Gives a packet to the transporter. May throw or reject. */
  send(packet: readonly unknown[]): unknown;
  /** Returns the number of the next stream. */
  nextEpoch(): number;
  sent(messages: number): void;
  lost(messages: number, reason: unknown): void;
}

interface Queued {
  readonly encoded: EncodedMessage;
  /** Number of bytes of the block that are sent. */
  offset: number;
  readonly lost: (() => void) | undefined;
}

/**
 * Sends packets to one node, one after the other: TCP opens a connection for each packet that is sent while none is open,
 * and asynchronous middlewares change the order of those that are sent together. Messages that wait share a packet.
 */
export class Outbox {
  private to = '';
  private epoch = 0;
  private seq = 0;
  private queue: Queued[] = [];
  private queuedBytes = 0;
  private greeting: typeof HELLO | typeof WELCOME | undefined;
  private running = false;
  private readonly waiters: (() => void)[] = [];

  /** @param from the instance id of the own link */
  constructor(
    private readonly from: string,
    private readonly handlers: OutboxHandlers,
  ) {}

  /** Starts a new stream to a link. What waits belongs to it. */
  begin(instance: string): void {
    this.to = instance;
    this.epoch = this.handlers.nextEpoch();
    this.seq = 0;
  }

  /** Sends a greeting, before all messages that wait. */
  greet(type: typeof HELLO | typeof WELCOME): void {
    // A welcome says all that a hello does to a link that has greeted.
    if (this.greeting !== WELCOME) this.greeting = type;
    this.run();
  }

  /**
   * Sends a message after those before it.
   *
   * @param lost called if the message cannot be sent
   */
  push(encoded: EncodedMessage, lost?: () => void): void {
    if (this.queuedBytes + encoded.size > MAX_QUEUED_BYTES) {
      this.handlers.lost(1, new Error('too many messages wait for the node'));
      lost?.();
      return;
    }
    this.queue.push({ encoded, offset: 0, lost });
    this.queuedBytes += encoded.size;
    this.run();
  }

  /** Drops what waits. */
  clear(): void {
    this.lose(this.queue.splice(0), undefined);
    this.queuedBytes = 0;
    this.greeting = undefined;
    this.to = '';
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    if (this.running) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private run(): void {
    if (this.running) return;
    this.running = true;
    // All messages of one turn of the event loop share a packet.
    queueMicrotask(() => void this.sendAll());
  }

  private async sendAll(): Promise<void> {
    let pieces = 0;
    while (this.greeting !== undefined || this.queue.length > 0) {
      if (this.greeting !== undefined) await this.sendGreeting(this.greeting);
      else if (!this.queue[0]?.encoded.block) await this.sendMessages(this.takeMessages());
      else {
        await this.sendPiece(this.queue[0], this.queue[0].encoded.block);
        if (++pieces % PIECES_PER_TURN === 0) await new Promise(setImmediate);
      }
    }
    this.running = false;
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private async sendGreeting(type: number): Promise<void> {
    this.greeting = undefined;
    try {
      await this.handlers.send([PROTOCOL_VERSION, type, this.from, this.to, this.epoch, 0]);
    } catch {
      // A hello is repeated, and a node that misses a welcome says hello again.
    }
  }

  /** Takes the messages from the queue that fit into a packet, at least one. */
  private takeMessages(): Queued[] {
    let count = 0;
    let size = 0;
    for (const { encoded } of this.queue) {
      size += encoded.size;
      if (encoded.block || (count > 0 && size > MAX_PACKET_BYTES)) break;
      count++;
      this.queuedBytes -= encoded.size;
    }
    return count === this.queue.length ? this.takeQueue() : this.queue.splice(0, count);
  }

  private takeQueue(): Queued[] {
    const { queue } = this;
    this.queue = [];
    return queue;
  }

  private async sendMessages(messages: Queued[]): Promise<void> {
    try {
      await this.sendPacket(messages.map(({ encoded }) => encoded.message));
    } catch (error) {
      this.lose(messages, error);
      return;
    }
    this.handlers.sent(messages.length);
  }

  private async sendPiece(queued: Queued, block: Buffer): Promise<void> {
    const end = Math.min(queued.offset + PIECE_BYTES, block.length);
    const text = block.toString('base64', queued.offset, end);
    let failure: unknown;
    try {
      await this.sendPacket([[PIECE, queued.offset, block.length, text]]);
    } catch (error) {
      failure = error ?? new Error('the transporter failed');
    }
    // The queue may have been cleared.
    if (this.queue[0] !== queued) return;
    queued.offset = end;
    if (!failure && end < block.length) return;
    this.queue.shift();
    this.queuedBytes -= block.length;
    if (failure) this.lose([queued], failure);
    else this.handlers.sent(1);
  }

  /** Sends a packet. Its number is used again if it was not sent: the receiver would wait for it. */
  private async sendPacket(messages: readonly unknown[]): Promise<void> {
    const { epoch } = this;
    const seq = this.seq + 1;
    await this.handlers.send([PROTOCOL_VERSION, DATA, this.from, this.to, epoch, seq, ...messages]);
    if (this.epoch === epoch) this.seq = seq;
  }

  private lose(messages: readonly Queued[], reason: unknown): void {
    if (messages.length === 0) return;
    this.handlers.lost(messages.length, reason);
    for (const { lost } of messages) lost?.();
  }
}
