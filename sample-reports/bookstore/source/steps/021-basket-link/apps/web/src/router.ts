export type Route =
  | { page: "home" }
  | { page: "book"; isbn: string }
  | { page: "search"; query: string; number: number }
  | { page: "cart" }
  | { page: "missing"; path: string };

export function route(url: string): Route {
  const { pathname, searchParams } = new URL(url, "https://books.example");
  const parts = pathname.split("/").filter(Boolean);
  if (parts.length === 0) {
    return { page: "home" };
  }
  if (parts[0] === "book" && parts[1]) {
    return { page: "book", isbn: parts[1] };
  }
  if (parts[0] === "search") {
    return { page: "search", query: searchParams.get("q") ?? "", number: Number(searchParams.get("page") ?? 1) };
  }
  if (parts[0] === "cart" || parts[0] === "basket") {
    return { page: "cart" };
  }
  return { page: "missing", path: pathname };
}
