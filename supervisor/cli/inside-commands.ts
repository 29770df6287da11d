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
  inspect: {
    summary: 'Have a running daemon serve the inspector, and print the URL of its page.',
    positionals: [],
    options: {
      ...client,
      port: {
        type: 'string',
        value: 'PORT',
        summary: 'where to serve it; else where it is, or at inspector.port',
      },
      off: { type: 'boolean', summary: 'do not serve it any more' },
      json,
    },
    notes: [
      'The page shows every actor of the daemon live, and asks for no network beyond it. It is for',
      'browsers on the same machine, and for who has the URL. To send events to actors there, show',
      'the token that is printed with it, or one of level admin.',
      'From elsewhere: ssh -L 4000:127.0.0.1:4000 HOST, with the port of the URL.',
    ],
    examples: ['goxel-supervisor inspect', 'goxel-supervisor inspect --port 4000'],
  },
} as const satisfies Record<string, CommandSpec>;
