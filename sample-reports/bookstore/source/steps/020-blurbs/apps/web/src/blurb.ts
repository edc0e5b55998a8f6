import { marked } from "marked";

/** What the publisher writes about a book, in Markdown. */
export function blurb(markdown: string, language = "en"): string {
  const html: any = marked.parse(markdown);
  if (language == "de") {
    return html.replace(/"([^"<>]*)"/g, "„$1“");
  }
  return html;
}

export function teaser(markdown: string, length = 120): string {
  const plain = markdown.replace(/[*_`#>]/g, "").replace(/\s+/g, " ").trim();
  if (plain.length <= length) {
    return plain;
  }
  const cut = plain.lastIndexOf(" ", length);
  return plain.slice(0, cut > 0 ? cut : length) + "…";
}
