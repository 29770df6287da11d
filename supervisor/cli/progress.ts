/**
 * What a command shows while it waits, to people only: the jobs of the daemon and how far each has
 * come, on one line of the terminal that goes away in the end.
 */

import type { Client } from '../../transport/client.ts';

const FIRST_MS = 1000;
const EVERY_MS = 250;
const CLEAR_LINE = '\r\u001b[K';

interface Jobs {
  readonly jobs: readonly { readonly title: string; readonly progress: number }[];
}

/** Waits for a request, showing jobs from the first second on. */
export async function withProgress<T>(client: Client, request: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return request;
  let timer = setTimeout(show, FIRST_MS);
  let shown = false;
  let ended = false;
  try {
    return await request;
  } finally {
    ended = true;
    clearTimeout(timer);
    if (shown) process.stderr.write(CLEAR_LINE);
  }

  function show(): void {
    // What goes wrong with the connection is told by the request itself.
    client.call('goxel.list_jobs').then(
      (result) => {
        if (ended) return;
        const { jobs } = result as Jobs;
        shown ||= jobs.length > 0;
        if (jobs.length > 0) process.stderr.write(`${CLEAR_LINE}${jobs.map(line).join(', ')} …`);
        timer = setTimeout(show, EVERY_MS);
      },
      () => {},
    );
  }
}

function line({ title, progress }: Jobs['jobs'][number]): string {
  return `${title}: ${Math.round(100 * progress)} %`;
}
