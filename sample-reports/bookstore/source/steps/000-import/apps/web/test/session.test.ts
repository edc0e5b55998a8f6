import { expect, it } from "vitest";
import { read } from "../src/session";

it("reads the session", () => {
  expect(read("session=abc; language=de")).toEqual({ id: "abc", language: "de" });
});

it("has no session without a cookie", () => {
  expect(read(undefined)).toBeUndefined();
});

it.todo("renews a session that is about to end");
