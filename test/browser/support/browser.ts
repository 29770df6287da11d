/** Debian's chromium, and pages in it of which a person can look at pictures afterwards. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from '../../support/modules.ts';
import { whereIs } from '../../support/tools.ts';

/** Not removed afterwards. */
export const SCREENSHOTS: string = join(ROOT, 'dist/screenshots');
const WINDOW = { width: 1280, height: 800 };
const WAIT_MS = 20_000;

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'dark' | 'light';
}

/** One for all pages of a file; each has what it remembers to itself. */
let shared: Promise<Browser> | undefined;

/** To be called at the end of whatever had a page. */
export async function closeBrowser(): Promise<void> {
  const browser = await shared;
  shared = undefined;
  await browser?.close();
}

/** A page that fails the test when it throws, or asks for anything outside. */
export async function withPage(
  url: string,
  look: Look,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  shared ??= launch();
  const browser = await shared;
  const { theme = 'dark', width = WINDOW.width, height = WINDOW.height } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  try {
    page.setDefaultTimeout(WAIT_MS);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      const inside = protocol === 'data:' || protocol === 'blob:' || host === new URL(url).host;
      if (!inside) faults.push(`the page asks for ${request.url()}`);
    });
    await page.goto(url);
    await use(page);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } finally {
    await page.close();
  }
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: whereIs('chromium') ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
