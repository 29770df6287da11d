/** The service half of the inspector: who looks sees the actors of a service, and what they do. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyActorRef } from 'xstate';
import type { InspectorOptions } from './options.ts';

export interface Inspector {
  /**
   * Answers a request for the page, at its path. False when the request is for something else;
   * that is left to `next`, or to the caller.
   */
  handle(request: IncomingMessage, response: ServerResponse, next?: () => void): boolean;
  /** Takes the WebSocket of a viewer; false when it is for something else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Where the page is, with the token. The address is that of the server, or `host:port`. */
  url(address: AddressInfo | string): string;
  /** How many look. */
  readonly viewers: number;
  /** Cuts off who looks; nobody can look any more. */
  close(): void;
}

/** Shows the system of each root. */
export function createInspector(
  _roots: AnyActorRef | readonly AnyActorRef[],
  _options: InspectorOptions = {},
): Inspector {
  throw new Error('not yet');
}
