// node pa11y_pages.cjs CHROMIUM URL…: what pa11y finds on each page (WCAG 2 AA), as JSON {url: [line …]}, in one browser.
const pa11y = require("pa11y");
const puppeteer = require("puppeteer");

const [chromium, ...urls] = process.argv.slice(2);

async function main() {
  const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
  const found = {};
  for (const url of urls) {
    const result = await pa11y(url, { browser, standard: "WCAG2AA", viewport: { width: 390, height: 844, isMobile: true } });
    found[url] = result.issues.map((one) => `${one.code} ${one.selector}: ${one.message}`);
  }
  await browser.close();
  console.log(JSON.stringify(found));
}

main();
