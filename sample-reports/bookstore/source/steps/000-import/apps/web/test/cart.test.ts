import { describe, expect, it } from "vitest";
import { add, emptyCart, total } from "../src/cart";

const MOBY = { isbn: "9780142437247", title: "Moby-Dick", cents: 1400, copies: 1 };

describe("cart", () => {
  it("starts empty", () => {
    expect(total(emptyCart())).toBe(0);
  });

  it("adds a book", () => {
    expect(total(add(emptyCart(), MOBY))).toBe(1400);
  });

  it("counts copies of the same book", () => {
    const cart = add(add(emptyCart(), MOBY), MOBY);
    expect(cart.lines).toHaveLength(1);
    expect(cart.lines[0]?.copies).toBe(2);
  });
});
