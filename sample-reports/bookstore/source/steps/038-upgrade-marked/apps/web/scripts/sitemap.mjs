import fs from "node:fs";

const isbns = fs.readFileSync(0, "utf8").split(/\s+/).filter(Boolean);
const urls = isbns.map((isbn) => `<url><loc>https://books.example/book/${isbn}</loc></url>`);
fs.mkdirSync("public", { recursive: true });
fs.writeFileSync("public/sitemap.xml", `<urlset>${urls.join("")}</urlset>`);
console.log(`${urls.length} books`);
