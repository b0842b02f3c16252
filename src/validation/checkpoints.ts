import type { WorkBudget } from '../plan/body-check';
import { CheckpointPlan, type CheckpointLimits } from './checkpoint-plan';

/*
 * A schema cannot be interrupted, but it reads the payload. Some values of a large payload are replaced by accessors,
 * which read the clock before they return the value. If the time is used up, an accessor throws.
 */

const MAX_DEPTH = 100;

/** A value in a payload that was replaced by an accessor. */
interface Checkpoint {
  readonly owner: object;
  readonly key: string | number;
  readonly get: () => unknown;
  value: unknown;
}

/** The checkpoints in one payload. */
export class Checkpoints {
  private readonly placed: Checkpoint[] = [];

  /**
   * Replaces values by accessors. A payload with few values stays as it is.
   *
   * @throws PayloadTooLarge if that alone takes too long
   */
  constructor(payload: unknown, work: WorkBudget, limits: CheckpointLimits) {
    if (typeof payload !== 'object' || payload === null) return;
    try {
      const plan = new CheckpointPlan(work, limits);
      this.walk(payload, plan, 0);
      plan.start();
    } catch (thrown) {
      this.remove();
      throw thrown;
    }
  }

  /** Puts the values back, as they are now. */
  remove(): void {
    for (const { owner, key, get, value } of this.placed) {
      const now = Object.getOwnPropertyDescriptor(owner, key);
      if (now?.get !== get || !now.configurable) continue;
      Object.defineProperty(owner, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }

  private walk(value: object, plan: CheckpointPlan, depth: number): void {
    if (depth > MAX_DEPTH || ArrayBuffer.isView(value)) return;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item: unknown = value[i];
        const read = plan.ofItem();
        if (read) this.place(value, i, item, read);
        if (typeof item === 'object' && item !== null) this.walk(item, plan, depth + 1);
      }
      return;
    }
    for (const key of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[key];
      const read = plan.ofProperty();
      if (read) this.place(value, key, inner, read);
      if (typeof inner === 'object' && inner !== null) this.walk(inner, plan, depth + 1);
    }
  }

  private place(owner: object, key: string | number, value: unknown, read: () => void): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (!descriptor?.writable || !descriptor.configurable) return;
    const checkpoint: Checkpoint = {
      owner,
      key,
      value,
      get() {
        read();
        return checkpoint.value;
      },
    };
    const set = (replaced: unknown): void => {
      checkpoint.value = replaced;
    };
    Object.defineProperty(owner, key, { get: checkpoint.get, set, enumerable: true, configurable: true });
    this.placed.push(checkpoint);
  }
}
