/** The milliseconds of the quickest of several runs: others may have waited for the machine. */
export function quickest(run: () => unknown, runs = 5): number {
  let least = Infinity;
  for (let n = 0; n < runs; n++) {
    const began = performance.now();
    run();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}
