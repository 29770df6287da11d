/** The daemon as a library: `goxel-supervisor/daemon`. */

export type {
  ConnectionFacts,
  ConnectionMessage,
  HookEvent,
  RequestMessage,
  RequestTrace,
} from '../actors/hooks.ts';
export { ConfigError } from '../conf/config-error.ts';
export { loadConfig } from '../conf/load.ts';
export type { Config } from '../conf/schema.ts';
export { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
export { type Outcome, StartError } from './outcome.ts';
export type { Statistics } from './statistics.ts';
export type { TreeNode } from './tree.ts';
export { treeText } from './tree-text.ts';
