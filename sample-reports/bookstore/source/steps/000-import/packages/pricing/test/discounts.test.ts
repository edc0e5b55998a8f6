import { describe, expect, it } from "vitest";
import { bestDiscount, reduction } from "../src/discounts";

const TEN = { name: "ten percent", percent: 10 };
const FIVE_EUROS = { name: "five euros", cents: 500, fromCents: 3000 };

describe("discounts", () => {
  it("takes a share", () => {
    expect(reduction(1999, TEN)).toBe(200);
  });

  it("waits for the minimum", () => {
    expect(reduction(2999, FIVE_EUROS)).toBe(0);
    expect(reduction(3000, FIVE_EUROS)).toBe(500);
  });

  it("never takes more than the price", () => {
    expect(reduction(300, { name: "gift", cents: 1000 })).toBe(300);
  });

  it("chooses the best", () => {
    expect(bestDiscount(4000, [TEN, FIVE_EUROS])?.name).toBe("five euros");
    expect(bestDiscount(6000, [TEN, FIVE_EUROS])?.name).toBe("ten percent");
  });

  it("has nothing to choose from", () => {
    expect(bestDiscount(4000, [])).toBeUndefined();
  });
});
