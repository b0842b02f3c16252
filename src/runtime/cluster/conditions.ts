/** Time is counted in steps: while the process gets no processor, or its event loop is blocked, no answer can be read. */
const STEP_MS = 25;

/** Waits for conditions, which are looked at whenever something has happened. */
export class Conditions {
  private readonly waiting = new Set<() => void>();

  /** Looks at all conditions again. */
  check(): void {
    for (const check of [...this.waiting]) check();
  }

  /**
   * Waits until a condition holds.
   *
   * @param timeout in milliseconds; later if the process gets no processor. Without one it waits for as long as it takes
   * @returns false if the condition does not hold in time
   */
  until(holds: () => boolean, timeout = Infinity): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isInTime: boolean): void => {
        clearInterval(timer);
        this.waiting.delete(check);
        resolve(isInTime);
      };
      const check = (): void => {
        if (holds()) end(true);
      };
      let left = timeout / STEP_MS;
      const step = (): void => {
        if (--left <= 0) end(false);
      };
      const timer = timeout === Infinity ? undefined : setInterval(step, STEP_MS);
      this.waiting.add(check);
      check();
    });
  }
}
