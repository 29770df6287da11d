/** The service half of the inspector: who looks sees the actors of a service, and what they do. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyActorRef } from 'xstate';
import { hasToken, isHostKnown, isOriginOwn, placeOf, withToken } from './access.ts';
import { Audience } from './audience.ts';
import { type InspectorLimits, type InspectorOptions, LIMITS } from './options.ts';
import { INDEX, isFile, sendFile, sendText } from './page-files.ts';

export interface Inspector {
  /**
   * Answers a request for the page, at its path. False when the request is for something else;
   * that is left to `next`, or to the caller.
   */
  handle(request: IncomingMessage, response: ServerResponse, next?: () => void): boolean;
  /** Takes the WebSocket of a viewer; false when it is for something else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Where the page is, with the token. The address is that of the server, or `host:port`. */
  url(address: AddressInfo | string | null): string;
  /** How many look. */
  readonly viewers: number;
  /** Cuts off who looks; nobody can look any more. */
  close(): void;
}

const TOKEN_BYTES = 24;
const TOKEN_CHARS_MIN = 16;
const NO_TOKEN =
  'This URL lacks the token of the inspector, or has an old one. ' +
  'The service has a new one each time it starts: open the URL that it tells.';

/** Shows the system of each root. Throws RangeError when an option is out of its range. */
export function createInspector(
  roots: AnyActorRef | readonly AnyActorRef[],
  options: InspectorOptions = {},
): Inspector {
  const { path = '/inspector/', hosts = [] } = options;
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString('base64url');
  const limits = { ...LIMITS, ...options.limits };
  check(path, token, limits);
  const audience = new Audience('system' in roots ? [roots] : roots, options, limits);

  const handle: Inspector['handle'] = (request, response, next) => {
    const { path: asked, query } = placeOf(request);
    if (`${asked}/` === path) {
      // A page at a path without the slash would look for its files beside it.
      const to = request.url?.includes('?') ? `${path}?${query}` : path;
      sendText(308, 'The page is below', request, response, { location: to });
      return true;
    }
    if (!asked.startsWith(path)) {
      next?.();
      return false;
    }
    const name = asked.slice(path.length) || INDEX;
    if (!isHostKnown(request, hosts)) {
      sendText(403, 'Not by this name: call it 127.0.0.1 or localhost', request, response);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendText(405, 'Only GET and HEAD', request, response, { allow: 'GET, HEAD' });
    } else if (!isFile(name)) {
      sendText(404, 'The inspector has no such page', request, response);
    } else if (name === INDEX && !hasToken(query, token)) {
      sendText(403, NO_TOKEN, request, response);
    } else {
      sendFile(name, request, response);
    }
    return true;
  };

  const upgrade: Inspector['upgrade'] = (request, socket, head) => {
    const { path: asked, query } = placeOf(request);
    if (!asked.startsWith(path)) {
      if (isAlone(socket)) refuse(socket, '404 Not Found');
      return false;
    }
    const may = isHostKnown(request, hosts) && isOriginOwn(request) && hasToken(query, token);
    if (!may) refuse(socket, '403 Forbidden');
    else if (!audience.admit(request, socket, head)) refuse(socket, '503 Service Unavailable');
    return true;
  };

  return {
    handle,
    upgrade,
    url: (address) => withToken(`http://${place(address)}${path}`, token),
    get viewers() {
      return audience.size;
    },
    close: () => audience.close(),
  };
}

function check(path: string, token: string, limits: InspectorLimits): void {
  if (!/^\/(?:[\w.~-]+\/)*$/.test(path)) {
    throw new RangeError(`path must begin and end with a slash, like /inspector/, not ${path}`);
  }
  if (token.length < TOKEN_CHARS_MIN) {
    throw new RangeError(`token must have ${TOKEN_CHARS_MIN} characters at least`);
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!(value >= 1)) throw new RangeError(`limits.${name} must be 1 at least, not ${value}`);
  }
}

/** As a browser on this machine calls it. */
function place(address: AddressInfo | string | null): string {
  if (address === null) throw new RangeError('the server does not listen yet');
  if (typeof address === 'string') return address;
  const { family, port } = address;
  const everywhere = address.address === '::' || address.address === '0.0.0.0';
  if (everywhere) return `127.0.0.1:${port}`;
  return `${family === 'IPv6' ? `[${address.address}]` : address.address}:${port}`;
}

/** Whether nobody else would answer it. */
function isAlone(socket: Duplex): boolean {
  const { server } = socket as {
    readonly server?: { readonly listenerCount?: (name: string) => number };
  };
  return server?.listenerCount?.('upgrade') === 1;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => {
    socket.destroy();
  });
}
