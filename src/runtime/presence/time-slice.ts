/** Work on many users lets the event loop go on after this time. */
const SLICE_MS = 2;

/** A piece of long work that lets the event loop go on from time to time. */
export class TimeSlice {
  private began = performance.now();

  /** True if the event loop should go on: then await `next`. */
  get isOver(): boolean {
    return performance.now() - this.began > SLICE_MS;
  }

  /** Resolves when the event loop has gone on. */
  async next(): Promise<void> {
    await new Promise(setImmediate);
    this.began = performance.now();
  }
}
