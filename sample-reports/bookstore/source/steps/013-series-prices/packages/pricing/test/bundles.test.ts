import { describe, expect, it } from "vitest";
import { bundlePrice, seriesPrice } from "../src/bundles";

const TRILOGY = { name: "trilogy", volumes: 3, percent: 15 };

describe("bundles", () => {
  it("has no rebate for two", () => {
    expect(bundlePrice([1000, 800])).toBe(1800);
  });

  it("halves the cheapest of three", () => {
    expect(bundlePrice([1000, 800, 501])).toBe(2050);
  });

  it("rewards a whole series", () => {
    expect(seriesPrice([1000, 1000, 1000], TRILOGY)).toBe(2550);
  });

  it("does not reward a part of it", () => {
    expect(seriesPrice([1000, 1000], TRILOGY)).toBe(2000);
  });
});
