import { roundTo } from "./rounding";

export interface Price {
  readonly cents: number;
  readonly currency: string;
}

/** The price with tax. */
export function gross(price: Price, percent: number): Price {
  return { ...price, cents: roundTo(price.cents * (1 + percent / 100)) };
}

/** The price without the tax that it contains. */
export function net(price: Price, percent: number): Price {
  return { ...price, cents: roundTo(price.cents / (1 + percent / 100)) };
}
