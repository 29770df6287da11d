/** The inspector on a port of its own, for this machine only. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyActorRef } from 'xstate';
import { createInspector, type Inspector } from './inspector.ts';
import type { InspectorOptions } from './options.ts';

/** Connections that are no viewers; they need no token. For one more the eldest goes. */
const CALLERS_MAX = 64;
const LIMITS = {
  ...{ headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 2000 },
  maxHeaderSize: 8192,
};

export interface ServedInspector {
  /** Where the page is, with the token. */
  readonly url: string;
  readonly inspector: Inspector;
  /** Resolves when nobody is connected any more. */
  close(): Promise<void>;
}

/**
 * Serves the page at 127.0.0.1. Port 0, the default, is any that is free.
 * Rejects when the port is taken.
 */
export async function serveInspector(
  roots: AnyActorRef | readonly AnyActorRef[],
  { port = 0, ...options }: InspectorOptions & { readonly port?: number } = {},
): Promise<ServedInspector> {
  const inspector = createInspector(roots, { path: '/', ...options });
  const server = createServer(LIMITS, (request, response) => {
    if (!inspector.handle(request, response)) response.writeHead(404).end();
  });
  const callers = new Set<Duplex>();
  server.on('connection', (socket) => {
    const [eldest] = callers;
    if (callers.size >= CALLERS_MAX) eldest?.destroy();
    callers.add(socket);
    socket.once('close', () => callers.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    // Viewers have limits of their own.
    if (inspector.upgrade(request, socket, head) && !socket.writableEnded) callers.delete(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: inspector.url(server.address() as AddressInfo),
    inspector,
    close: () => {
      inspector.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
