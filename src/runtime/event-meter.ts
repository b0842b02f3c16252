import { performance } from 'node:perf_hooks';

/** The part of Moleculer's registry that meters write to. */
export interface MeterRegistry {
  increment(name: string, labels: object, value?: number): void;
  observe(name: string, value: number, labels: object): void;
}

/**
 * Counts the events of one name in one namespace. Moleculer makes a key of the labels for everything that it is told, so
 * it is told at once of all that happens in one go: a client sends several events in one packet of the network. It is
 * told before any client can have the answer.
 */
export class EventMeter {
  private readonly labels: { readonly namespace: string; readonly event: string };
  private begun = 0;
  private ended = 0;
  private times: number[] = [];
  private isDue = false;

  constructor(
    private readonly registry: MeterRegistry,
    namespace: string,
    event: string,
  ) {
    this.labels = { namespace, event };
  }

  /** @returns when the event began: for `end` */
  begin(): number {
    this.begun++;
    this.tellSoon();
    return performance.now();
  }

  /** @param errorCode of the error that the event was answered with */
  end(beganAt: number, errorCode?: unknown): void {
    this.ended++;
    this.times.push(performance.now() - beganAt);
    this.tellSoon();
    if (errorCode !== undefined) {
      const { namespace } = this.labels;
      this.registry.increment('moleculer.io.messages.refused.total', { namespace, code: errorCode });
    }
  }

  private tellSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    process.nextTick(this.tell);
  }

  private readonly tell = (): void => {
    const { registry, labels, begun, ended, times } = this;
    this.isDue = false;
    this.begun = 0;
    this.ended = 0;
    this.times = [];
    if (begun > 0) registry.increment('moleculer.io.messages.total', labels, begun);
    // Also where nothing changes: an event that was over at once is one of which none is in work.
    registry.increment('moleculer.io.messages.active', labels, begun - ended);
    for (const time of times) registry.observe('moleculer.io.messages.time', time, labels);
  };
}
