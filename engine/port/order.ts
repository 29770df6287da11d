/** What a thread begins with: its first message, since its code is loaded before that is known. */

import type { MessagePort } from 'node:worker_threads';

/** @param begin is called with it, once; what it throws ends the thread */
export function onOrder<Data>(port: MessagePort | null, begin: (data: Data) => void): void {
  port?.once('message', begin);
}
