import type { CountingRegistry } from './safe-registry';
import type { MeterTurn } from './flush-queue';
import { Meter } from './meter';

const NAMES = {
  total: 'moleculer.request.total',
  active: 'moleculer.request.active',
  time: 'moleculer.request.time',
};

/**
 * Tells Moleculer's own metrics of an action what its middleware would tell. Only for the way from an event to the action
 * that its handler is: it is the first call then, nobody's, and so the labels are always the same.
 */
export class ActionMeter extends Meter {
  private readonly action: { readonly service: string; readonly action: string; readonly caller: null };

  constructor(registry: CountingRegistry, turn: MeterTurn, service: string, name: string) {
    const action = { service, action: name, caller: null };
    super(
      registry,
      turn,
      NAMES,
      { ...action, type: 'local' },
      { 'moleculer.request.levels': { ...action, level: 1 } },
    );
    this.action = action;
  }

  /** @param error whatever was thrown */
  fail(beganAt: number, error: unknown): void {
    this.end(beganAt);
    const thrown = error as Partial<Record<string, unknown>> | null | undefined;
    this.registry.increment('moleculer.request.error.total', {
      ...this.action,
      type: 'local',
      errorName: thrown ? thrown['name'] : null,
      errorCode: thrown ? thrown['code'] : null,
      errorType: thrown ? thrown['type'] : null,
    });
  }
}
