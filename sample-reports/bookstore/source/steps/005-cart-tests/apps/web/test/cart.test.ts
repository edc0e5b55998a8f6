import { describe, expect, it } from "vitest";
import { add, emptyCart, remove, total } from "../src/cart";

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

describe("cart with discounts", () => {
  it("takes the best discount", () => {
    const cart = { ...add(emptyCart(), { ...MOBY, copies: 2 }), discounts: [{ name: "ten", percent: 10 }, { name: "one euro", cents: 100 }] };
    expect(total(cart)).toBe(2520);
  });

  it("gives the cheapest of three for half", () => {
    expect(total(add(emptyCart(), { ...MOBY, copies: 3 }))).toBe(3500);
  });

  it("removes a book", () => {
    expect(remove(add(emptyCart(), MOBY), MOBY.isbn).lines).toEqual([]);
  });
});
