import { roundTo } from "./rounding";

/** Books sold together: the cheapest is half price from three books on. */
export function bundlePrice(cents: readonly number[]): number {
  const total = cents.reduce((sum, price) => sum + price, 0);
  if (cents.length < 3) {
    return total;
  }
  return total - roundTo(Math.min(...cents) / 2);
}
