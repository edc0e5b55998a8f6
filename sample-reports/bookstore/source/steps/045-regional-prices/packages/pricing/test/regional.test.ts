import { expect, it } from "vitest";
import { regionalPrice } from "../src/regional";

it("keeps fixed prices", () => {
  expect(regionalPrice(1499, "DE", false, false)).toBe(1499);
});

it("is a little dearer in Denmark", () => {
  expect(regionalPrice(1000, "DK", false, false)).toBe(1050);
});

it("sells used books for less", () => {
  expect(regionalPrice(1000, "GB", false, true)).toBe(500);
});
