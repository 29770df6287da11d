/**
 * Loaded into a daemon before all else (`node --import`): a thread of it that comes upon the marker
 * never comes back, as from a loop without checks. An engine comes upon it in parameters, a job
 * thread in a result.
 */

import { isMainThread } from 'node:worker_threads';

/** In the parameters of a request. */
export const ENGINE_MARKER = 'this-hangs-the-engine';
/** In the name of a file that is to be exported. */
export const JOB_MARKER = 'this-hangs-the-job-thread';

if (!isMainThread) {
  const { parse, stringify } = JSON;
  // The file that the thread begins with.
  if (process.argv[1]?.endsWith('/engine/worker.js') === true) {
    JSON.parse = (text, reviver) => {
      if (text.includes(ENGINE_MARKER)) hang();
      return parse(text, reviver);
    };
  } else {
    JSON.stringify = (value: unknown) => {
      const text = stringify(value);
      if (text?.includes(JOB_MARKER) === true) hang();
      return text;
    };
  }
}

function hang(): never {
  for (;;);
}
