import { roundTo } from "./rounding";

/** Prices are fixed by law in some countries. */
const FIXED = ["DE", "FR", "ES", "IT"];

export function regionalPrice(cents: number, country: string, isEbook: boolean, isUsed: boolean, season?: string): number {
  let result = cents;
  let reason: any = "list price";
  if (FIXED.indexOf(country) != -1 && !isUsed) {
    reason = "fixed";
    return result;
  }
  if (country == "DK") {
    result = isEbook ? result * 1.1 : isUsed ? result * 0.6 : result * 1.05;
    reason = "Denmark";
  } else if (country == "IE") {
    result = isEbook ? result * 1.02 : result;
  } else if (country == "GB") {
    if (season == "christmas") {
      result = isUsed ? result * 0.55 : result * 0.95;
    } else {
      result = isUsed ? result * 0.5 : result;
    }
  }
  if (isUsed && result > cents * 0.7) {
    result = cents * 0.7;
  }
  return roundTo(result, 5);
}
