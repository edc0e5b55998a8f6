import { roundTo } from "./rounding";

export interface Series {
  readonly name: string;
  readonly volumes: number;
  readonly percent: number;
}

/** A whole series costs less than its volumes. */
export function seriesPrice(cents: readonly number[], series: Series): number {
  const total = cents.reduce((sum, price) => sum + price, 0);
  if (cents.length < series.volumes) {
    return total;
  }
  return roundTo(total * (1 - series.percent / 100), 5);
}

/** Books sold together: the cheapest is half price from three books on. */
export function bundlePrice(cents: readonly number[]): number {
  const total = cents.reduce((sum, price) => sum + price, 0);
  if (cents.length < 3) {
    return total;
  }
  return total - roundTo(Math.min(...cents) / 2);
}
