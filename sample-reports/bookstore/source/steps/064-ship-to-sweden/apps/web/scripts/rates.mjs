import fs from "node:fs";
import minimist from "minimist";

const { carrier, currency = "EUR", _: files } = minimist(process.argv.slice(2));
for (const file of files) {
  const rates = JSON.parse(fs.readFileSync(file, "utf8")).filter((rate) => rate.currency == currency);
  const lines = rates.map((rate) => `${rate.country} ${rate.grams} ${rate.price}`);
  fs.writeFileSync(file.replace(/json$/, "txt"), [`[${carrier}]`, ...lines].join("\n"));
}
