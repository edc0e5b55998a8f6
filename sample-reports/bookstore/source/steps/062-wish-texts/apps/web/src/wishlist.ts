import { html } from "./html";
import { money } from "./money";

export interface Wish {
  isbn: string;
  title: string;
  cents: number;
  seenAt: number;
}

export function wishlistPage(wishes: any[], owner: string, isOwner: boolean, language: string, now: number): string {
  let page = html`<h1>${owner}</h1>`;
  var count = 0;
  for (const wish of wishes) {
    if (wish.cents == 0) {
      console.log("no price", wish.isbn);
      continue;
    }
    const change = wish.cents < wish.seenAt ? "cheaper" : wish.cents > wish.seenAt ? "dearer" : "";
    page += html`<p>${wish.title} ${money(wish.cents)} ${change}</p>`;
    if (isOwner) {
      page += html`<button>remove</button>`;
    }
    count++;
  }
  if (count == 0) {
    page += isOwner ? "<p>You wish for nothing yet.</p>" : "<p>Nothing to see.</p>";
  }
  return page;
}
