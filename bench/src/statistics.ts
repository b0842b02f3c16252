/** The middle of some measurements, and where the middle half of them lies. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @param part 0.5 is the median */
export function quantile(values: ArrayLike<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function spreadOf(values: ArrayLike<number>): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** How fast y grows with x: the slope of the line of least squares, and its standard error. */
export function slopeOf(xs: readonly number[], ys: readonly number[]): { slope: number; error: number } {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let sxx = 0;
  let sxy = 0;
  xs.forEach((x, at) => {
    sxx += (x - mx) ** 2;
    sxy += (x - mx) * ((ys[at] as number) - my);
  });
  const slope = sxy / sxx;
  const squares = xs.reduce((sum, x, at) => sum + ((ys[at] as number) - my - slope * (x - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(squares / (xs.length - 2) / sxx) };
}
