/** The commands that look into a running daemon, of the table of commands. */

import { type CommandSpec, client, json } from './command-spec.ts';

export const INSIDE_COMMANDS = {
  tree: {
    summary: 'Print the tree of actors of a running daemon, with the state of each.',
    positionals: [],
    options: {
      ...client,
      json,
      watch: { type: 'boolean', summary: 'print it again and again, until Ctrl-C' },
    },
    examples: ['goxel-supervisor tree', 'goxel-supervisor tree --watch'],
  },
} as const satisfies Record<string, CommandSpec>;
