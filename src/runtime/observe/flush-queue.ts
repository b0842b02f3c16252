/** Something that tells at once what it has counted. */
export interface Counting {
  tell(): void;
}

/**
 * When meters tell what they have counted: at the end of what runs now, or, while packets come in, when all that have come
 * are taken in.
 */
export class MeterTurn {
  private counting: Counting[] = [];
  private ends = false;

  /**
   * A packet has come from the network. The network is looked at again only after `setImmediate`: no client can have acted
   * on an answer by then.
   */
  arrive(): void {
    if (this.ends) return;
    this.ends = true;
    setImmediate(this.end);
  }

  /** A meter has something to tell. */
  add(counting: Counting): void {
    this.counting.push(counting);
    if (this.ends) return;
    this.ends = true;
    process.nextTick(this.end);
  }

  private readonly end = (): void => {
    const { counting } = this;
    this.ends = false;
    this.counting = [];
    for (const one of counting) one.tell();
  };
}
