export interface Shelf {
  name: string;
  isbns: string[];
}

/** Takes a few books at random, so that the front page is not always the same. */
export function pick(isbns: readonly string[], count: number): string[] {
  const left = [...isbns];
  const chosen: string[] = [];
  while (chosen.length < count && left.length > 0) {
    const [isbn] = left.splice(Math.floor(Math.random() * left.length), 1);
    if (isbn !== undefined) {
      chosen.push(isbn);
    }
  }
  return chosen;
}

/** Two shelves for the front page. */
export function frontPage(isbns: readonly string[]): Shelf[] {
  return [
    { name: "Staff picks", isbns: pick(isbns, 3) },
    { name: "You may like", isbns: pick(isbns, 3) },
  ];
}

/** Books that share a tag with what is in the cart. */
export function related(tags: Map<string, string[]>, cart: readonly string[]): string[] {
  const found = new Set<string>();
  for (const isbns of tags.values()) {
    if (isbns.some((isbn) => cart.includes(isbn))) {
      for (const isbn of isbns) {
        if (!cart.includes(isbn)) {
          found.add(isbn);
        }
      }
    }
  }
  return [...found].sort();
}
