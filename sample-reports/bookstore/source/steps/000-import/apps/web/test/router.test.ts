import { expect, it } from "vitest";
import { route } from "../src/router";

it.each([
  ["/", { page: "home" }],
  ["/book/9780142437247", { page: "book", isbn: "9780142437247" }],
  ["/search?q=sea&page=2", { page: "search", query: "sea", number: 2 }],
  ["/cart", { page: "cart" }],
])("finds %s", (url, expected) => {
  expect(route(url)).toEqual(expected);
});
