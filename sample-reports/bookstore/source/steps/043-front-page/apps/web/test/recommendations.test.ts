import { describe, expect, it } from "vitest";
import { frontPage, pick, related } from "../src/recommendations";

const ISBNS = Array.from({ length: 20 }, (_, index) => `97800000000${index + 10}`);

describe("recommendations", () => {
  it("picks no book twice", () => {
    expect(new Set(pick(ISBNS, 10)).size).toBe(10);
  });

  it("picks no more than there are", () => {
    expect(pick(["a", "b"], 5)).toHaveLength(2);
  });

  it("fills two different shelves", () => {
    const [first, second] = frontPage(ISBNS);
    expect(first?.isbns.filter((isbn) => second?.isbns.includes(isbn))).toEqual([]);
  });

  it("finds related books", () => {
    const tags = new Map([["sea", ["moby", "wolf"]], ["classic", ["moby", "waves"]], ["crime", ["orient"]]]);
    expect(related(tags, ["moby"])).toEqual(["waves", "wolf"]);
  });
});
