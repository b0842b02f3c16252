import { performance } from 'node:perf_hooks';
import type { EventMeter } from '../model';
import type { FlushQueue } from './flush-queue';
import type { CountingRegistry } from './safe-registry';

/** The counter of events. It has a rate, and the labels `namespace` and `event`. */
export const TOTAL = 'moleculer.io.messages.total';
const ACTIVE = 'moleculer.io.messages.active';
const TIME = 'moleculer.io.messages.time';

/** Measures the events of one name in one namespace, and reports the events of a tick together. */
export class Meter implements EventMeter {
  private begun = 0;
  private ended = 0;
  private times: number[] = [];
  private isQueued = false;

  constructor(
    private readonly registry: CountingRegistry,
    private readonly queue: FlushQueue,
    private readonly labels: object,
  ) {}

  begin(): number {
    this.begun++;
    this.enqueue();
    return performance.now();
  }

  end(beganAt: number): void {
    this.ended++;
    this.times.push(performance.now() - beganAt);
    this.enqueue();
  }

  flush(): void {
    const { registry, labels, begun, ended, times } = this;
    this.isQueued = false;
    this.begun = 0;
    this.ended = 0;
    this.times = [];
    if (begun > 0) registry.increment(TOTAL, labels, begun);
    // Reported even if nothing changes, so that the gauge exists with 0 after the first event.
    registry.increment(ACTIVE, labels, begun - ended);
    for (const time of times) registry.observe(TIME, time, labels);
  }

  private enqueue(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    this.queue.add(this);
  }
}
