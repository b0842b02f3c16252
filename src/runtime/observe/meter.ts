import { performance } from 'node:perf_hooks';
import type { CountingRegistry } from './safe-registry';
import type { MeterTurn } from './flush-queue';

/** The metrics of one kind of work: how much of it was begun, how much is going on, and how long it takes. */
export interface MeterNames {
  readonly total: string;
  readonly active: string;
  readonly time: string;
}

/**
 * Measures work of one kind, with the same labels always. Moleculer makes a key of the labels for everything that it is
 * told, so it is told at once of all that happens in one turn.
 */
export class Meter {
  private begun = 0;
  private ended = 0;
  private times: number[] = [];
  private hasNews = false;

  /** @param counters that are to know of each beginning, too, and their labels */
  constructor(
    protected readonly registry: CountingRegistry,
    private readonly turn: MeterTurn,
    private readonly names: MeterNames,
    private readonly labels: object,
    private readonly counters: Readonly<Record<string, object>> = {},
  ) {}

  /** @returns when it began: for `end` */
  begin(): number {
    this.begun++;
    this.tellSoon();
    return performance.now();
  }

  end(beganAt: number): void {
    this.ended++;
    this.times.push(performance.now() - beganAt);
    this.tellSoon();
  }

  private tellSoon(): void {
    if (this.hasNews) return;
    this.hasNews = true;
    this.turn.add(this);
  }

  tell(): void {
    const { registry, names, labels, counters, begun, ended, times } = this;
    this.hasNews = false;
    this.begun = 0;
    this.ended = 0;
    this.times = [];
    if (begun > 0) {
      registry.increment(names.total, labels, begun);
      for (const name in counters) registry.increment(name, counters[name] as object, begun);
    }
    // Also where nothing changes: what was over at once is something of which nothing goes on.
    registry.increment(names.active, labels, begun - ended);
    for (const time of times) registry.observe(names.time, time, labels);
  }
}
