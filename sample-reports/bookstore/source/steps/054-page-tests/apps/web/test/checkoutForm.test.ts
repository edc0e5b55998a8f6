import { describe, expect, it } from "vitest";
import { complaints, label } from "../src/checkoutForm";

const GOOD = { name: "Ada", street: "Hafenstr. 1", postcode: "20457", city: "Hamburg", country: "DE", email: "ada@example.org" };

describe("checkout form", () => {
  it("accepts a good address", () => {
    expect(complaints(GOOD)).toEqual({});
  });

  it("asks for what is missing", () => {
    expect(complaints({ country: "DE", postcode: "20457" })).toMatchObject({ name: "is missing", city: "is missing" });
  });

  it("knows where we do not send", () => {
    expect(complaints({ ...GOOD, country: "AQ" })).toEqual({ country: "we do not send there" });
  });
});

describe("label", () => {
  it.each([
    ["DE", "20457 Hamburg"],
    ["FR", "20457 HAMBURG"],
    ["IE", "Hamburg"],
  ])("is written as in %s", (country, line) => {
    expect(label({ ...GOOD, country })[2]).toBe(line);
  });
});
