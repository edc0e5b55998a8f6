import { html } from "./html";
import { money } from "./money";

export interface PastOrder {
  number: string;
  placed: string;
  state: string;
  cents: number;
}

export function byYear(orders: readonly PastOrder[]): Map<string, PastOrder[]> {
  const years = new Map<string, PastOrder[]>();
  for (const order of [...orders].sort((a, b) => b.placed.localeCompare(a.placed))) {
    const year = order.placed.slice(0, 4);
    const list = years.get(year) ?? [];
    list.push(order);
    years.set(year, list);
  }
  return years;
}

export function canReturn(order: PastOrder, today: string): boolean {
  if (order.state !== "delivered") {
    return false;
  }
  const days = (Date.parse(today) - Date.parse(order.placed)) / 86_400_000;
  return days <= 30;
}

export function historyPage(orders: readonly PastOrder[], today: string): string {
  if (orders.length === 0) {
    return html`<p>You have not ordered anything yet.</p>`;
  }
  let page = "";
  for (const [year, list] of byYear(orders)) {
    page += html`<h2>${year}</h2>`;
    for (const order of list) {
      page += html`<p>${order.number} · ${order.state} · ${money(order.cents)}</p>`;
      if (canReturn(order, today)) {
        page += html`<a href="/returns/${order.number}">send back</a>`;
      }
    }
  }
  return page;
}
