import { failureAt, within } from './real-time';

/** Something that a test waits for. */
export interface Wait<T> {
  /** Returns what is waited for when it is there. It is called whenever something has happened. */
  readonly take: () => T | undefined;
  /** Returns the message of the error if it is not there in time. */
  readonly late: () => string;
  /** Returns the message of the error if the connection ends before. */
  readonly gone: (reason: string) => string;
  readonly timeout?: number;
  /** An error with the stack of the test, so that a failure shows the line that waits. */
  readonly origin: Error;
}

/** What a test waits for of one client. */
export class Waits {
  /** Why the client is not connected; undefined while it is. */
  reason: string | undefined = 'it was never connected';
  private readonly checks = new Set<() => void>();

  /** @param timeout how long anything is waited for, in milliseconds */
  constructor(private readonly timeout: number) {}

  /** Looks whether what is waited for is there, because something has happened. */
  check(): void {
    for (const check of [...this.checks]) check();
  }

  /**
   * Waits for something.
   *
   * @throws Error with the stack of the test if it is not there in time, or if the connection has ended
   */
  async until<T>({ take, late, gone, timeout = this.timeout, origin }: Wait<T>): Promise<T> {
    let check = (): void => undefined;
    const taken = new Promise<T>((resolve, reject) => {
      check = () => {
        try {
          const value = take();
          if (value !== undefined) {
            // An event that comes later must not be taken.
            this.checks.delete(check);
            resolve(value);
          } else if (this.reason !== undefined) reject(failureAt(origin, gone(this.reason)));
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what `where` of the test has thrown
          reject(error);
        }
      };
    });
    this.checks.add(check);
    check();
    try {
      return await within(timeout, taken, late, origin);
    } finally {
      this.checks.delete(check);
    }
  }
}
