/** Rounds to a multiple of `step` cents; halves go up. */
export function roundTo(cents: number, step = 1): number {
  if (step <= 0) {
    throw new RangeError("a step is positive");
  }
  return Math.floor(cents / step + 0.5) * step;
}
