/** What `goxel-supervisor/inspector` exports: a page that looks into a service on xstate 5. */

export type { Command, Message, Obituary } from './protocol.ts';
export { createInspector, type Inspector } from './service/inspector.ts';
export type {
  Description,
  InspectorLimits,
  InspectorOptions,
  ShownMessage,
} from './service/options.ts';
export { type ServedInspector, serveInspector } from './service/serve.ts';
