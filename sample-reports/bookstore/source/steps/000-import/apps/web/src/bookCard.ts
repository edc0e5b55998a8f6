import { html } from "./html";
import { money } from "./money";

export interface BookView {
  isbn: string;
  title: string;
  by: string;
  cents: number;
  availability: string;
  stars?: number;
}

export function stars(value: number): string {
  const full = Math.max(0, Math.min(5, Math.round(value)));
  return "★".repeat(full) + "☆".repeat(5 - full);
}

export function bookCard(book: BookView): string {
  const rating = book.stars === undefined ? "" : stars(book.stars);
  return html`<article id="${book.isbn}"><h2>${book.title}</h2><p>${book.by}</p><p>${money(book.cents)}</p><p>${book.availability}</p><p>${rating}</p></article>`;
}
