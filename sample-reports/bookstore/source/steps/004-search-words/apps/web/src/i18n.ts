const TEXTS: Record<string, Record<string, string>> = {
  en: { cart: "Cart", checkout: "Check out", search: "Search", copies_one: "{n} copy", copies_other: "{n} copies" },
  de: { cart: "Warenkorb", checkout: "Zur Kasse", search: "Suche", copies_one: "{n} Exemplar", copies_other: "{n} Exemplare" },
  fr: { cart: "Panier", checkout: "Commander", search: "Rechercher", copies_one: "{n} exemplaire", copies_other: "{n} exemplaires" },
};

export function text(language: string, key: string, n?: number): string {
  const texts = TEXTS[language] ?? TEXTS.en;
  if (n === undefined) {
    return texts?.[key] ?? TEXTS.en?.[key] ?? key;
  }
  const singular = language === "fr" ? n < 2 : n === 1;
  const form = texts?.[`${key}_${singular ? "one" : "other"}`] ?? key;
  return form.replace("{n}", String(n));
}

export function preferred(header: string): string {
  const wanted = header
    .split(",")
    .map((part) => {
      const [tag, quality] = part.trim().split(";q=");
      return { language: (tag ?? "").slice(0, 2), quality: Number(quality ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality);
  return wanted.find(({ language }) => language in TEXTS)?.language ?? "en";
}
