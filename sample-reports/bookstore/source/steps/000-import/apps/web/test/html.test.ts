import { expect, it } from "vitest";
import { bookCard, stars } from "../src/bookCard";
import { escape, html } from "../src/html";
import { money } from "../src/money";

it("escapes", () => {
  expect(escape(`<b>"Tom & Jerry's"</b>`)).toBe("&lt;b&gt;&quot;Tom &amp; Jerry&#39;s&quot;&lt;/b&gt;");
});

it("escapes values but not the template", () => {
  expect(html`<p>${"<"}</p>`).toBe("<p>&lt;</p>");
});

it("writes money", () => {
  expect(money(1290)).toBe("12.90 €");
  expect(money(-5, "DKK")).toBe("−0.05 kr.");
});

it("shows a book", () => {
  const card = bookCard({ isbn: "1", title: "War & Peace", by: "Leo Tolstoy", cents: 1500, availability: "in stock" });
  expect(card).toContain("<h2>War &amp; Peace</h2>");
});

it("draws stars", () => {
  expect(stars(3.6)).toBe("★★★★☆");
  expect(stars(9)).toBe("★★★★★");
});
