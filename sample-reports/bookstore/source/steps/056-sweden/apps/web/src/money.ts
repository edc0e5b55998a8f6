const SIGNS: Record<string, string> = { EUR: "€", GBP: "£", DKK: "kr.", SEK: "kr" };

/** "12.90 €" as a visitor reads it. */
export function money(cents: number, currency = "EUR"): string {
  const sign = SIGNS[currency] ?? currency;
  const text = (Math.abs(cents) / 100).toFixed(2);
  return `${cents < 0 ? "−" : ""}${text} ${sign}`;
}
