import { describe, expect, it } from "vitest";
import { highlight, searchPage } from "../src/searchPage";

const BOOK = { isbn: "1", title: "The Sea-Wolf", by: "Jack London", cents: 990, availability: "in stock", stars: 4 };

describe("search page", () => {
  it("says that nothing was found", () => {
    expect(searchPage({ query: "<x>", total: 0, more: false, books: [] }, 1)).toContain("&lt;x&gt;");
  });

  it("links to both neighbours", () => {
    const page = searchPage({ query: "sea", total: 21, more: true, books: [BOOK] }, 2);
    expect(page).toContain("page=1");
    expect(page).toContain("page=3");
  });

  it("marks words", () => {
    expect(highlight("The Sea-Wolf", "sea a")).toBe("The <mark>Sea</mark>-Wolf");
  });
});
