import type { Price } from "./price";
import { roundTo } from "./rounding";

export type Currency = "EUR" | "DKK" | "GBP" | "SEK";

/** How many units of a currency one euro buys; the bank publishes them each afternoon. */
const PER_EURO: Record<Currency, number> = { EUR: 1, DKK: 7.46, GBP: 0.86, SEK: 11.2 };

/** The smallest coin of each currency, in cents. */
const COIN: Record<Currency, number> = { EUR: 1, DKK: 50, GBP: 1, SEK: 100 };

export function convert(price: Price, currency: Currency): Price {
  const from = PER_EURO[price.currency as Currency];
  if (from === undefined) {
    throw new Error(`unknown currency ${price.currency}`);
  }
  return { cents: roundTo((price.cents / from) * PER_EURO[currency], COIN[currency]), currency };
}
