/** Who may look: a browser on a page of this service that knows the token. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** This machine, by the names that nobody else owns. */
const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const TOKEN = 'token';

/** Compares in a time that tells nothing of where two texts differ. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Whether it was called by a name that leads nowhere else (DNS rebinding). */
export function isHostKnown(request: IncomingMessage, hosts: readonly string[]): boolean {
  const name = /^(\[[\da-f:.]+\]|[^:]+)(?::\d+)?$/i.exec(request.headers.host ?? '')?.[1];
  return name !== undefined && [...LOCAL, ...hosts].includes(name.toLowerCase());
}

/** Whether no page of another site asks for a WebSocket. Programs send no origin. */
export function isOriginOwn({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === (headers.host ?? '').toLowerCase();
  } catch {
    return false;
  }
}

/** A request's path as it was sent, and whether its query has the token. */
export function placeOf(request: IncomingMessage): { path: string; query: URLSearchParams } {
  // A framework takes off where it is mounted.
  const { originalUrl } = request as { readonly originalUrl?: unknown };
  const url = typeof originalUrl === 'string' ? originalUrl : (request.url ?? '');
  const [path = ''] = url.split(/[?#]/, 1);
  return { path, query: new URLSearchParams(url.slice(path.length).replace(/#.*$/, '')) };
}

export function hasToken(query: URLSearchParams, token: string): boolean {
  return sameSecret(query.get(TOKEN) ?? '', token);
}

export function withToken(url: string, token: string): string {
  return `${url}?${TOKEN}=${encodeURIComponent(token)}`;
}
