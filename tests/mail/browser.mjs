import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

/** Widths of the mail in pixels: the whole column, and a telephone. */
export const sizes = [600, 360];

/** The Chromium of this machine. */
export const open = () => chromium.launch({
  executablePath: ['chromium', 'chromium-browser', 'google-chrome'].map(find).find(Boolean),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

function find(name) {
  try {
    return execFileSync('which', [name], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
