// Looks at every screen in both themes: screenshots, axe-core and, on the desktop, Lighthouse.
// node audit.mjs TOOLS PLAN, where PLAN is a JSON file; prints one JSON line a screen.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const [tools, planFile] = process.argv.slice(2);
const require = createRequire(path.join(tools, "package.json"));
const puppeteer = require("puppeteer-core");
const plan = JSON.parse(fs.readFileSync(planFile, "utf8"));
const axe = plan.axe ? fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") : "";

const browser = await puppeteer.launch({
  executablePath: plan.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--hide-scrollbars"],
});

const say = (what) => console.log(JSON.stringify(what));
const settled = `!!document.querySelector("main h1, main .failed") && !document.querySelector('[aria-busy="true"]')`;

for (const theme of plan.themes) {
  for (const screen of plan.screens) {
    const page = await browser.newPage();
    await page.setBypassCSP(true);
    await page.evaluateOnNewDocument((token) => sessionStorage.setItem("plimsoll-token", token), plan.token);
    await page.setViewport({ width: screen.width ?? 1280, height: 860 });
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: theme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await page.goto(plan.origin + screen.path, { waitUntil: "load" });
    await page.waitForFunction(settled, { timeout: 30000 });
    for (const key of screen.keys ?? []) await page.keyboard.press(key);
    if (screen.keys) await new Promise((done) => setTimeout(done, 400));
    const result = { screen: screen.name, theme };
    result.nodes = await page.evaluate("document.querySelectorAll('*').length");
    if (plan.pictures) {
      const file = path.join(plan.pictures, `${screen.name}-${theme}.webp`);
      const height = await page.evaluate("Math.min(document.documentElement.scrollHeight, 1400)");
      await page.setViewport({ width: screen.width ?? 1280, height: Math.max(height, 600) });
      await page.screenshot({ path: file, type: "webp", quality: 88 });
    }
    if (axe) {
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await globalThis.axe.run(document)).violations
        .map(({ id, nodes }) => ({ id, count: nodes.length, first: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary.slice(0, 300) })));
      result.violations = found;
    }
    await page.close();
    say(result);
  }
}
await browser.close();

if (plan.lighthouse) {
  const { default: lighthouse, desktopConfig } = await import(require.resolve("lighthouse"));
  for (const screen of plan.screens.filter((screen) => !screen.keys && !screen.width)) {
    const fresh = await puppeteer.launch({ executablePath: plan.chromium,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
    const port = Number(new URL(fresh.wsEndpoint()).port);
    const { lhr } = await lighthouse(plan.origin + screen.path, { port, logLevel: "error" }, desktopConfig);
    const scores = Object.fromEntries(Object.entries(lhr.categories).map(([id, { score }]) => [id, Math.round(score * 100)]));
    const failed = Object.values(lhr.audits)
      .filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && ["binary", "numeric", "metricSavings"].includes(scoreDisplayMode))
      .map(({ id, displayValue }) => `${id} ${displayValue ?? ""}`.trim());
    say({ screen: screen.name, lighthouse: scores, failed });
    await fresh.close();
  }
}
