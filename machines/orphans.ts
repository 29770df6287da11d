/** Where the machines that are not yet supervised by the library find it. */
export { stopOrphans } from './supervision/orphans.ts';
