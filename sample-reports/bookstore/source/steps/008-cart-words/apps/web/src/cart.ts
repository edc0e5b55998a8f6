import { bestDiscount, bundlePrice, type Discount } from "@bookstore/pricing";

export interface CartLine {
  isbn: string;
  title: string;
  cents: number;
  copies: number;
}

export interface Cart {
  lines: CartLine[];
  discounts: Discount[];
}

export function emptyCart(): Cart {
  return { lines: [], discounts: [] };
}

export function add(cart: Cart, line: CartLine): Cart {
  const existing = cart.lines.find((other) => other.isbn === line.isbn);
  if (!existing) {
    return { ...cart, lines: [...cart.lines, line] };
  }
  const lines = cart.lines.map((other) =>
    other.isbn === line.isbn ? { ...other, copies: other.copies + line.copies } : other,
  );
  return { ...cart, lines };
}

/** The cart without a book. */
export function remove(cart: Cart, isbn: string): Cart {
  return { ...cart, lines: cart.lines.filter((line) => line.isbn !== isbn) };
}

/** What the cart costs, in cents. */
export function total(cart: Cart): number {
  const prices = cart.lines.flatMap((line) => Array<number>(line.copies).fill(line.cents));
  const bundled = bundlePrice(prices);
  const discount = bestDiscount(bundled, cart.discounts);
  if (!discount) {
    return bundled;
  }
  const byPercent = Math.round((bundled * (discount.percent ?? 0)) / 100);
  return Math.max(0, bundled - byPercent - (discount.cents ?? 0));
}

export function save(cart: Cart, storage: Storage): void {
  storage.setItem("cart", JSON.stringify(cart));
}

export function load(storage: Storage): Cart {
  const text = storage.getItem("cart");
  if (text === null) {
    return emptyCart();
  }
  try {
    return JSON.parse(text) as Cart;
  } catch {
    return emptyCart();
  }
}
