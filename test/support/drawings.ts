/** The drawings of the inspector's page by themselves, in a browser. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from './modules.ts';

const SOURCE = `
  import { h, render } from 'preact';
  import { Chart } from './chart/chart.tsx';
  import { Sequence } from './sequence/sequence.tsx';
  import './chart/chart.css';
  import './sequence/sequence.css';
  const drawings = { Chart, Sequence };
  const place = document.getElementById('page');
  globalThis.draw = (name, props) => render(h(drawings[name], props), place);
`;

const STYLE = ':root { color-scheme: light dark } html, body, #page { height: 100%; margin: 0 }';
const HTML = `<!doctype html><html lang="en"><title>Drawings</title>
  <link rel="stylesheet" href="page.css"><style>${STYLE}</style>
  <div id="page"></div><script type="module" src="page.js"></script></html>`;
/** As strict as that of the inspector; the style is of this page. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'";

const QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const OFFLINE = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

export interface Drawings {
  readonly page: Page;
  /** What went wrong in the page so far. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export async function openDrawings(width = 800, height = 600): Promise<Drawings> {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, resolveDir: join(ROOT, 'supervisor/inspector/page') },
    ...{ bundle: true, write: false, outfile: 'page.js', format: 'esm', target: 'es2022' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', alias: { xstate: 'xstate4' } },
  });
  const worker = join(ROOT, 'node_modules/elkjs/lib/elk-worker.min.js');
  const files = new Map<string, readonly [string, string]>([
    ['/', ['text/html', HTML]],
    ['/elk-worker.min.js', ['text/javascript', readFileSync(worker, 'utf8')]],
    ...outputFiles.map(({ path, text }): [string, [string, string]] =>
      path.endsWith('.css')
        ? ['/page.css', ['text/css', text]]
        : ['/page.js', ['text/javascript', text]],
    ),
  ]);
  const server = createServer(({ url = '' }, response) => {
    const [type, text] = files.get(url) ?? [];
    if (type === undefined) return response.writeHead(404).end();
    const head = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY };
    return response.writeHead(200, head).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...QUIET, ...OFFLINE],
  });
  const errors: string[] = [];
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/favicon/.test(message.location().url)) {
      errors.push(message.text());
    }
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    ...{ page, errors },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
