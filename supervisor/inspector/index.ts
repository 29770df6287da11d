/** What `goxel-supervisor/inspector` exports: a page that looks into a service on xstate 5. */

export type { Command, Message } from './protocol.ts';
