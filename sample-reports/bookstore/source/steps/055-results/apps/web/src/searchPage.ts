import { bookCard, type BookView } from "./bookCard";
import { html } from "./html";

export interface SearchAnswer {
  query: string;
  total: number;
  more: boolean;
  books: BookView[];
}

export function searchPage(answer: SearchAnswer, page: number): string {
  if (answer.total === 0) {
    return html`<p>Nothing found for “${answer.query}”.</p>`;
  }
  const heading = html`<h1>${answer.total} results for “${answer.query}”</h1>`;
  const cards = answer.books.map(bookCard).join("");
  const previous = page > 1 ? html`<a href="?q=${answer.query}&page=${page - 1}">previous</a>` : "";
  const next = answer.more ? html`<a href="?q=${answer.query}&page=${page + 1}">next</a>` : "";
  return heading + cards + previous + next;
}

/** Marks the words of the query in a text. */
export function highlight(text: string, query: string): string {
  const words = query.split(/\s+/).filter((word) => word.length > 1);
  if (words.length === 0) {
    return text;
  }
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&")).join("|")})`, "gi");
  return text.replace(pattern, "<mark>$1</mark>");
}
