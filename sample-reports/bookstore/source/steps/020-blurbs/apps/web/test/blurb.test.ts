import { expect, it } from "vitest";
import { blurb, teaser } from "../src/blurb";

it("renders Markdown", () => {
  expect(blurb("A *whale*.")).toBe("<p>A <em>whale</em>.</p>\n");
});

it("cuts a teaser at a word", () => {
  expect(teaser("Call me Ishmael. Some years ago", 20)).toBe("Call me Ishmael.…");
});
