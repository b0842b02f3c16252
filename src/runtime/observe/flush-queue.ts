/** A meter that holds back what it has measured. */
export interface Flushable {
  flush(): void;
}

/**
 * Decides when meters report what they have measured: at the end of the current tick, or, while packets arrive, when all
 * packets of one look at the network are handled. Moleculer makes a key of the labels for each report, so fewer are cheaper.
 */
export class FlushQueue {
  private waiting: Flushable[] = [];
  private isScheduled = false;

  /** @param afterFlush called when meters have reported, once for all of them */
  constructor(private readonly afterFlush: () => void) {}

  /**
   * Notes that a packet has arrived from the network. Node looks at the network again only after `setImmediate`: until then
   * no client can have acted on an answer, so no observer can notice that a metric is late.
   */
  arrive(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.flush);
  }

  add(meter: Flushable): void {
    this.waiting.push(meter);
    if (this.isScheduled) return;
    this.isScheduled = true;
    process.nextTick(this.flush);
  }

  private readonly flush = (): void => {
    const { waiting } = this;
    this.isScheduled = false;
    this.waiting = [];
    for (const meter of waiting) meter.flush();
    this.afterFlush();
  };
}
