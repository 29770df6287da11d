/** One look at a daemon: all that `top` shows, asked for in one batch, none of it of an engine. */

import type { Client } from '../../../transport/client.ts';
import type { Statistics } from '../../statistics.ts';
import type { TreeNode } from '../../tree.ts';
import type { DeathRow, JobRow, RequestRow, Sample } from './view.ts';

/** A daemon that takes longer is not well. */
const TIMEOUT_MS = 3000;

const CALLS = [
  { method: 'supervisor.tree', params: { statistics: true } },
  { method: 'goxel.list_jobs' },
  { method: 'supervisor.deaths' },
  // Of level admin, so it comes last: who may only look sees all else.
  { method: 'supervisor.requests' },
] as const;

/** @throws ClientError when there is no answer to what every client may ask */
export async function lookAt(client: Client, signal?: AbortSignal): Promise<Sample> {
  const options = { timeout_ms: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  const answers = await client.batch([...CALLS], options);
  const [tree, jobs, deaths] = answers.slice(0, CALLS.length - 1).map((answer) => {
    if (answer.ok) return answer.result;
    throw answer.error;
  });
  const { statistics, ...root } = tree as TreeNode & { readonly statistics: Statistics };
  // The daemon made all of it by the catalogue.
  return {
    at_ms: performance.now(),
    ...{ tree: root, statistics },
    jobs: (jobs as { readonly jobs: readonly JobRow[] }).jobs,
    deaths: (deaths as { readonly deaths: readonly DeathRow[] }).deaths,
    requests: requestsIn(answers[CALLS.length - 1]),
  };
}

function requestsIn(answer: Awaited<ReturnType<Client['batch']>>[number] | undefined) {
  if (answer?.ok === true) {
    return (answer.result as { readonly requests: readonly RequestRow[] }).requests;
  }
  return answer?.error.code === 'GOX_FORBIDDEN'
    ? 'a token of level admin is needed to see them'
    : (answer?.error.message ?? 'not told');
}
