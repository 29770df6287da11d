/**
 * Where the code of threads begins. In this folder itself, since a bundle has its parts one folder
 * below its top too: the paths are the same there.
 */

export const ENGINE_ENTRY = new URL('../engine/worker.js', import.meta.url);
export const JOB_ENTRY = new URL('../engine/job-worker.js', import.meta.url);
export const SOLO_ENTRY = new URL('../engine/solo.js', import.meta.url);
