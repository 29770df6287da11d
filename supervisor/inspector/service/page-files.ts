/** Serves the files of the page. Only its start needs the token: what else it has is no secret. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const INDEX = 'index.html';

/** Nothing else is served, whatever a path says. */
const TYPES: Readonly<Record<string, string>> = {
  [INDEX]: 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'elk-worker.min.js': 'text/javascript; charset=utf-8',
};

const FOLDERS_UP_MAX = 8;

/** Where the page was built: beside this code, however that was compiled or bundled. */
function directory(): string | undefined {
  let place = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < FOLDERS_UP_MAX; up++) {
    for (const name of ['inspector-page', 'dist/inspector-page']) {
      if (existsSync(join(place, name, INDEX))) return join(place, name);
    }
    place = dirname(place);
  }
  return undefined;
}

/** The host was checked: it is part of what the page may connect to. */
function headers(name: string, host: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cache-control': name === INDEX ? 'no-store' : 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

export function isFile(name: string): boolean {
  return Object.hasOwn(TYPES, name);
}

export function sendFile(name: string, request: IncomingMessage, response: ServerResponse): void {
  const place = directory();
  if (place === undefined) {
    sendText(503, 'The page of the inspector is not built: npm run build', request, response);
    return;
  }
  readFile(join(place, name)).then(
    (content) => send(200, content, name, request, response),
    () => sendText(404, `There is no ${name}`, request, response),
  );
}

/** A page of one sentence. */
export function sendText(
  status: number,
  text: string,
  request: IncomingMessage,
  response: ServerResponse,
  more: Record<string, string> = {},
): void {
  for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  send(status, Buffer.from(`${text}\n`), INDEX, request, response);
}

function send(
  status: number,
  content: Buffer,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // It has gone, or somebody else has answered.
  if (response.headersSent || response.destroyed) return;
  const all = headers(name, request.headers.host ?? '');
  for (const [header, value] of Object.entries(all)) response.setHeader(header, value);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', TYPES[name] ?? '');
  response.setHeader('content-length', content.length);
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : content);
}
