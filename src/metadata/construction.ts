/** Prototypes of objects that are being constructed, and how many decorated classes of theirs are at it. */
const running = new Map<object, number>();

/** Runs the constructor of a decorated class, for an object of the given prototype. */
export function construct<T>(prototype: object, run: () => T): T {
  running.set(prototype, (running.get(prototype) ?? 0) + 1);
  try {
    return run();
  } finally {
    const left = (running.get(prototype) ?? 1) - 1;
    if (left > 0) running.set(prototype, left);
    else running.delete(prototype);
  }
}

/** Returns true if a decorated class of the object still has to set its fields. */
export function isUnderConstruction(instance: object): boolean {
  return running.has(Object.getPrototypeOf(instance) as object);
}
