import { describe, expect, it } from "vitest";
import { gross, net } from "../src/price";
import { roundTo } from "../src/rounding";

describe("price", () => {
  it("adds tax", () => {
    expect(gross({ cents: 1000, currency: "EUR" }, 7).cents).toBe(1070);
  });

  it("takes tax out again", () => {
    expect(net({ cents: 1070, currency: "EUR" }, 7).cents).toBe(1000);
  });

  it("keeps the currency", () => {
    expect(gross({ cents: 1000, currency: "DKK" }, 25).currency).toBe("DKK");
  });
});

describe("rounding", () => {
  it.each([
    [10.4, 1, 10],
    [10.5, 1, 11],
    [1024, 50, 1000],
    [1025, 50, 1050],
  ])("rounds %d to steps of %d", (cents, step, expected) => {
    expect(roundTo(cents, step)).toBe(expected);
  });

  it("refuses a step of zero", () => {
    expect(() => roundTo(1, 0)).toThrow(RangeError);
  });
});
