import { roundTo } from "./rounding";

export interface Discount {
  readonly name: string;
  readonly percent?: number;
  readonly cents?: number;
  readonly fromCents?: number;
}

/** What a discount takes off; never more than the price. */
export function reduction(cents: number, discount: Discount): number {
  if (discount.fromCents !== undefined && cents < discount.fromCents) {
    return 0;
  }
  const byPercent = discount.percent ? roundTo((cents * discount.percent) / 100) : 0;
  return Math.min(cents, byPercent + (discount.cents ?? 0));
}

/** The discount that takes most off; the first of equals. */
export function bestDiscount(cents: number, discounts: readonly Discount[]): Discount | undefined {
  let best: Discount | undefined;
  for (const discount of discounts) {
    if (reduction(cents, discount) > (best ? reduction(cents, best) : 0)) {
      best = discount;
    }
  }
  return best;
}
