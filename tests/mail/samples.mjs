// Makes the sheets of docs/mail: node samples.mjs FOLDER OUT. One sheet a role: three depths, light and dark, 600 and 360 px.
import fs from 'node:fs';
import path from 'node:path';
import { open, sizes } from './browser.mjs';

const [folder, out] = process.argv.slice(2);
const depths = ['brief', 'standard', 'full'];
const scale = 0.5;
const longest = 3600; // pixels of a mail that are shown: what follows looks like what is above it
const quality = 40;

const roles = [...new Set(fs.readdirSync(folder).filter(name => name.endsWith('-brief.html')).map(name => name.slice(0, -'-brief.html'.length)))].sort();
fs.mkdirSync(out, { recursive: true });
const browser = await open();
for (const role of roles) {
  const shots = [];
  for (const depth of depths) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of sizes) {
        const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme });
        await page.goto('file://' + path.resolve(folder, `${role}-${depth}.html`));
        const height = Math.min(longest, await page.evaluate(() => document.documentElement.scrollHeight));
        const image = await page.screenshot({ clip: { x: 0, y: 0, width, height }, fullPage: true });
        shots.push({ caption: `${depth}, ${colorScheme}, ${width} px`, width, image: image.toString('base64') });
        await page.close();
      }
    }
  }
  await sheet(role, shots);
}
await browser.close();

async function sheet(role, shots) {
  const gap = 12;
  const width = shots.reduce((sum, shot) => sum + shot.width * scale + gap, gap);
  const page = await browser.newPage({ viewport: { width, height: 1000 } });
  await page.setContent(`<style>body { margin: 0; padding: ${gap}px 0 ${gap}px ${gap}px; display: flex; align-items: start; background: #8c93a3; font: 12px sans-serif; }
    figure { margin: 0 ${gap}px 0 0; } figcaption { margin: 0 0 6px; } img { display: block; }</style>`
    + shots.map(shot => `<figure><figcaption>${shot.caption}</figcaption><img width="${shot.width * scale}" src="data:image/png;base64,${shot.image}"></figure>`).join(''));
  await page.waitForFunction(() => [...document.images].every(image => image.complete));
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality, captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } });
  fs.writeFileSync(path.join(out, `${role}.webp`), Buffer.from(data, 'base64'));
  await page.close();
}
