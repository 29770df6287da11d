/** The inspector on a port of its own, for this machine only. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyActorRef } from 'xstate';
import { createInspector, type Inspector } from './inspector.ts';
import type { InspectorOptions } from './options.ts';

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
  const server = createServer((request, response) => {
    if (!inspector.handle(request, response)) response.writeHead(404).end();
  });
  server.on('upgrade', inspector.upgrade);
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
