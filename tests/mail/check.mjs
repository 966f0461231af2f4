// Checks the golden mails in a folder with independent tools: node check.mjs FOLDER [RESULTS.md]
// Exits 1 when anything is found that allowed.mjs does not explain.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { caniemail } from 'caniemail';
import { brokenRules, pageRules, partlySupported } from './allowed.mjs';
import { open, sizes } from './browser.mjs';

const [folder, results] = process.argv.slice(2);
const mails = fs.readdirSync(folder).filter(name => name.endsWith('.html')).sort()
  .map(name => ({ name: name.slice(0, -5), file: path.resolve(folder, name), html: fs.readFileSync(path.join(folder, name), 'utf8') }));
if (mails.length === 0) {
  console.error(`There are no mails in ${folder}.`);
  process.exit(2);
}

const found = [];
const rows = [];
const report = (check, wrong, result) => {
  found.push(...wrong.map(what => `${check}: ${what}`));
  rows.push([check, wrong.length === 0 ? result : `**${wrong.length} found**`]);
};

// Valid HTML, but for what mail must break.
{
  const rules = Object.fromEntries(Object.keys(brokenRules).map(rule => [rule, 'off']));
  const validator = new HtmlValidate({ root: true, extends: ['html-validate:recommended', 'html-validate:a11y'], rules });
  const wrong = [];
  for (const mail of mails) {
    for (const result of (await validator.validateString(mail.html)).results) {
      wrong.push(...result.messages.map(message => `${mail.name}:${message.line}: ${message.ruleId}: ${message.message}`));
    }
  }
  report('html-validate, recommended and a11y', wrong, `no error; ${Object.keys(brokenRules).length} rules are broken on purpose`);
}

// What mail programs support.
{
  const unknown = new Map();
  const met = new Set();
  for (const mail of mails) {
    const { issues } = caniemail({ clients: ['*'], html: mail.html });
    for (const kind of ['errors', 'warnings']) {
      for (const [client, list] of issues[kind]) {
        for (const { title } of list) {
          if (title in partlySupported) met.add(title);
          else unknown.set(title, `${mail.name}: ${title} (${client})`);
        }
      }
    }
  }
  report('caniemail, all its mail programs', [...unknown.values()], `nothing beyond ${met.size} features whose absence is explained`);
}

// In a browser: accessibility, contrast, width.
{
  const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const broken = [];
  const faint = [];
  const inverted = [];
  const wide = [];
  const pairs = new Map();
  let lowest = 21;
  let lowestInverted = 21;
  const browser = await open();
  for (const mail of mails) {
    for (const colorScheme of ['light', 'dark']) {
      for (const size of sizes) {
        const page = await browser.newPage({ viewport: { width: size, height: 1000 }, colorScheme });
        await page.route('**/*', route => route.request().url().startsWith('file:') ? route.continue() : route.abort());
        await page.goto('file://' + mail.file);
        const where = `${mail.name} (${colorScheme}, ${size} px)`;
        await page.evaluate(axe);
        const { violations } = await page.evaluate(off => axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          rules: Object.fromEntries(off.map(rule => [rule, { enabled: false }])),
        }), pageRules);
        broken.push(...violations.map(v => `${where}: ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 120)}`));
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) wide.push(where);
        for (const { text, ground, sample } of await page.evaluate(colourPairs)) {
          const ratio = contrast(text, ground);
          pairs.set(`${colorScheme} ${hex(text)} ${hex(ground)}`, ratio);
          lowest = Math.min(lowest, ratio);
          if (ratio < 4.5) faint.push(`${where}: ${hex(text)} on ${hex(ground)} is ${ratio.toFixed(2)}:1: ${sample}`);
          if (colorScheme === 'light') {
            const turned = contrast(invert(text), invert(ground));
            lowestInverted = Math.min(lowestInverted, turned);
            if (turned < 4.5) inverted.push(`${where}: ${hex(text)} on ${hex(ground)} inverted is ${turned.toFixed(2)}:1: ${sample}`);
          }
        }
        await page.close();
      }
    }
  }
  await browser.close();
  const views = `light and dark, ${sizes.join(' and ')} px`;
  report(`axe, WCAG 2.2 A and AA and best practices, ${views}`, broken, 'no violation');
  report('contrast of every pair of text and ground as rendered, at least 4.5:1', faint, `${pairs.size} pairs, the lowest ${lowest.toFixed(2)}:1`);
  report('the same after lightness is inverted, as Gmail does', inverted, `the lowest ${lowestInverted.toFixed(2)}:1`);
  report(`nothing wider than the screen, ${views}`, wide, 'none');
}

report('octets of HTML under 80,000', mails.filter(m => Buffer.byteLength(m.html) >= 80000).map(m => m.name),
  `the largest of these has ${Math.max(...mails.map(m => Buffer.byteLength(m.html))).toLocaleString('en')}`);

console.log(`${mails.length} mails`);
for (const [check, result] of rows) console.log(`  ${check}: ${result.replaceAll('*', '')}`);
for (const what of found.slice(0, 40)) console.error(what);
if (results) {
  const table = ['| check | result |', '|---|---|', ...rows.map(row => `| ${row.join(' | ')} |`)].join('\n');
  const begin = '<!-- results -->';
  const end = '<!-- /results -->';
  const before = fs.readFileSync(results, 'utf8');
  fs.writeFileSync(results, before.slice(0, before.indexOf(begin) + begin.length) + `\n${table}\n` + before.slice(before.indexOf(end)));
}
process.exit(found.length === 0 ? 0 : 1);

/** In the page: colour of each text that is seen, and of what is behind it. */
function colourPairs() {
  const channels = colour => colour.match(/[\d.]+/g).map(Number);
  const seen = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || getComputedStyle(element).fontSize === '4px') continue;
    let behind = element;
    while (behind.parentElement && channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const text = channels(getComputedStyle(element).color).slice(0, 3);
    const ground = channels(getComputedStyle(behind).backgroundColor).slice(0, 3);
    seen.set(`${text} ${ground}`, { text, ground, sample: walker.currentNode.data.trim().slice(0, 40) });
  }
  return [...seen.values()];
}

function hex(colour) {
  return '#' + colour.map(channel => Math.round(channel).toString(16).padStart(2, '0')).join('');
}

/** WCAG 2.2, relative luminance. */
function contrast(one, other) {
  const luminance = colour => {
    const [r, g, b] = colour.map(channel => channel / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

/** The same hue with its lightness turned round (HSL). */
function invert(colour) {
  const most = Math.max(...colour);
  const least = Math.min(...colour);
  return colour.map(channel => channel + 255 - most - least);
}
