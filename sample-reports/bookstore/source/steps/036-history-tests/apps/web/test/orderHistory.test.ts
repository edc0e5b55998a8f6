import { describe, expect, it } from "vitest";
import { byYear, canReturn, historyPage } from "../src/orderHistory";

const OLD = { number: "A1", placed: "2025-11-03", state: "delivered", cents: 3200 };
const NEW = { number: "A7", placed: "2026-09-28", state: "delivered", cents: 1250 };
const OPEN = { number: "A8", placed: "2026-10-10", state: "paid", cents: 990 };

describe("order history", () => {
  it("groups by year, newest first", () => {
    expect([...byYear([OLD, NEW, OPEN]).entries()].map(([year, list]) => [year, list.map((o) => o.number)])).toEqual([
      ["2026", ["A8", "A7"]],
      ["2025", ["A1"]],
    ]);
  });

  it("lets books go back within thirty days", () => {
    expect(canReturn(NEW, "2026-10-12")).toBe(true);
    expect(canReturn(OLD, "2026-10-12")).toBe(false);
    expect(canReturn(OPEN, "2026-10-12")).toBe(false);
  });

  it("shows orders", () => {
    const page = historyPage([OLD, NEW], "2026-10-12");
    expect(page).toContain("A7 · delivered · 12.50 €");
    expect(page.match(/send back/g)).toHaveLength(1);
  });

  it("says that there are none", () => {
    expect(historyPage([], "2026-10-12")).toContain("not ordered anything");
  });
});
