import type { WorkBudget } from '../plan/body-check';
import { CheckpointPlan, type CheckpointLimits } from './checkpoint-plan';

/**
 * Copies a payload for a validator that cannot be interrupted. Some values of the copy are accessors, which read the clock
 * and throw if the time is used up. Dates, binary data and the like are not copied.
 *
 * @throws PayloadTooLarge if that alone takes too long
 */
export function interruptibleCopy(payload: unknown, work: WorkBudget, limits: CheckpointLimits): unknown {
  const plan = new CheckpointPlan(work, limits);
  const copied = copy(payload, plan);
  plan.start();
  return copied;
}

function copy(value: unknown, plan: CheckpointPlan): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return copyArray(value, plan);
  if (value instanceof Date || value instanceof Map || value instanceof Set || isBinary(value)) return value;
  const copied = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  for (const key of Object.keys(value)) {
    const read = plan.ofProperty();
    const inner = copy((value as Record<string, unknown>)[key], plan);
    if (read || key === '__proto__') Object.defineProperty(copied, key, property(inner, read));
    else copied[key] = inner;
  }
  return copied;
}

/**
 * Copies an array with accessors for checkpoints. V8 slows down all reads of a large array that has an accessor. So the
 * accessors are in its prototype, below holes.
 */
function copyArray(items: readonly unknown[], plan: CheckpointPlan): unknown[] {
  const copied: unknown[] = [];
  let prototype: object | undefined;
  for (let i = 0; i < items.length; i++) {
    const read = plan.ofItem();
    const inner = copy(items[i], plan);
    if (read) {
      prototype ??= Object.create(Array.prototype) as object;
      Object.defineProperty(prototype, i, property(inner, read));
      copied.length = i + 1;
    } else copied[i] = inner;
  }
  return prototype ? (Object.setPrototypeOf(copied, prototype) as unknown[]) : copied;
}

function property(value: unknown, read: (() => void) | undefined): PropertyDescriptor {
  if (!read) return { value, writable: true, enumerable: true, configurable: true };
  let current = value;
  return {
    get() {
      read();
      return current;
    },
    set(replaced: unknown) {
      current = replaced;
    },
    enumerable: true,
    configurable: true,
  };
}

function isBinary(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}
