import { describe, expect, it } from "vitest";
import { preferred, text } from "../src/i18n";

describe("languages", () => {
  it("translates", () => {
    expect(text("de", "cart")).toBe("Warenkorb");
  });

  it("counts copies", () => {
    expect(text("en", "copies", 1)).toBe("1 copy");
    expect(text("fr", "copies", 0)).toBe("0 exemplaire");
  });

  it("prefers what the visitor likes most", () => {
    expect(preferred("it, en;q=0.5, de;q=0.8")).toBe("de");
  });
});
