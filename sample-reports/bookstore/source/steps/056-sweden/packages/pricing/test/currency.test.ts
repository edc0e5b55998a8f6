import { expect, it } from "vitest";
import { convert } from "../src/currency";

it("converts to crowns and rounds to the smallest coin", () => {
  expect(convert({ cents: 1000, currency: "EUR" }, "DKK")).toEqual({ cents: 7450, currency: "DKK" });
});

it("converts back", () => {
  expect(convert({ cents: 7460, currency: "DKK" }, "EUR").cents).toBe(1000);
});

it("leaves the same currency alone", () => {
  expect(convert({ cents: 999, currency: "GBP" }, "GBP").cents).toBe(999);
});

it("names an unknown currency", () => {
  expect(() => convert({ cents: 1, currency: "XXX" }, "EUR")).toThrow("unknown currency XXX");
});

it("rounds Swedish prices to whole crowns", () => {
  expect(convert({ cents: 1299, currency: "EUR" }, "SEK").cents).toBe(14500);
});
