import { decodeBlock, MAX_BLOCK_BYTES } from './encode-message';
import { expectValid, isCount } from './wire';

/** The unfinished messages of all nodes together take at most so many bytes. */
const MAX_UNFINISHED_BYTES = 4 * MAX_BLOCK_BYTES;

/** Counts the bytes of unfinished messages of all nodes. */
export class ReassemblyBudget {
  used = 0;
}

/** Puts the pieces of large messages of one node together. Pieces of one message arrive one after the other. */
export class Reassembly {
  private pieces: Buffer[] = [];
  private received = 0;
  private total = 0;

  constructor(private readonly budget: ReassemblyBudget) {}

  /** True while a message has begun and is not complete. */
  get isUnfinished(): boolean {
    return this.received > 0;
  }

  /**
   * Adds a piece.
   *
   * @returns the message if this was its last piece
   * @throws MalformedMessage if the piece does not continue the message, or memory is short
   */
  add([offset, total, text]: readonly unknown[]): readonly unknown[] | undefined {
    expectValid(typeof text === 'string' && isCount(total) && total <= MAX_BLOCK_BYTES, 'a malformed piece');
    if (offset === 0) this.reset();
    const bytes = Buffer.from(text, 'base64');
    const continues = offset === this.received && (offset === 0 || total === this.total);
    const fits = bytes.length > 0 && this.received + bytes.length <= total;
    if (!continues || !fits || this.budget.used + bytes.length > MAX_UNFINISHED_BYTES) {
      this.reset();
      expectValid(continues, 'a piece that does not continue a message');
      expectValid(fits, 'a piece that is too long or empty');
      expectValid(false, 'a piece of a message for which memory is short');
    }
    this.total = total;
    this.pieces.push(bytes);
    this.received += bytes.length;
    this.budget.used += bytes.length;
    if (this.received < total) return undefined;
    const block = Buffer.concat(this.pieces, total);
    this.reset();
    return decodeBlock(block);
  }

  /** Drops an unfinished message. */
  reset(): void {
    this.budget.used -= this.received;
    this.pieces = [];
    this.received = 0;
    this.total = 0;
  }
}
