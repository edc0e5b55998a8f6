import { expect, it } from "vitest";
import { isOver, read, write } from "../src/session";

it("reads the session", () => {
  expect(read("session=abc; language=de")).toEqual({ id: "abc", language: "de" });
});

it("has no session without a cookie", () => {
  expect(read(undefined)).toBeUndefined();
});

it("ends after two weeks", () => {
  expect(isOver(0, 14 * 24 * 3600 * 1000)).toBe(false);
  expect(isOver(0, 14 * 24 * 3600 * 1000 + 1)).toBe(true);
});

it("writes what it reads", () => {
  const header = write({ id: "abc", language: "fr" }).map((line) => line.split(";")[0]).join("; ");
  expect(read(header)).toEqual({ id: "abc", language: "fr" });
});

it.todo("renews a session that is about to end");
