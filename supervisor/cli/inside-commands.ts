/** The commands that look into a running daemon, of the table of commands. */

import { type CommandSpec, client, json } from './command-spec.ts';

export const INSIDE_COMMANDS = {
  tree: {
    summary: 'Print the tree of actors of a running daemon, their states, and statistics.',
    positionals: [],
    options: {
      ...client,
      json,
      watch: { type: 'boolean', summary: 'print it again and again, until Ctrl-C' },
    },
    notes: ['In colours on a terminal, unless NO_COLOR is set; with FORCE_COLOR everywhere.'],
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
  top: {
    summary: 'Show what a running daemon does, live: engines, requests, jobs, connections.',
    positionals: [],
    options: {
      ...client,
      interval: {
        type: 'string',
        value: 'SECONDS',
        summary: 'how often to look, 0.1 at the least; 1 without it',
      },
      once: {
        type: 'boolean',
        summary: 'print one picture and end, as where there is no terminal',
      },
      json: { type: 'boolean', summary: 'print that as JSON' },
    },
    notes: [
      'Keys: q quits, 0 to 5 and tab choose a section, arrows and PgUp and PgDn scroll, s sorts, p',
      'pauses, ? tells all of them. No engine is asked, so it goes on while all are busy. When the',
      'daemon goes away it says so and looks for it; to quit then is the exit code of its absence.',
      'Requests are shown to level admin only.',
    ],
    examples: ['goxel-supervisor top', 'goxel-supervisor top --once'],
  },
  'debug on': {
    summary: 'Turn debug lines in the log of a running daemon on, and the search for leaks.',
    positionals: [],
    options: { ...client, json },
    examples: ['goxel-supervisor debug on'],
  },
  'debug off': {
    summary: 'Turn debug lines in the log of a running daemon off, and the search for leaks.',
    positionals: [],
    options: { ...client, json },
    examples: ['goxel-supervisor debug off'],
  },
  'debug heap': {
    summary: "Have a daemon write a snapshot of a thread's heap, for the tools of Chrome.",
    positionals: [],
    options: {
      ...client,
      engine: { type: 'string', value: 'N', summary: 'of this engine, as the tree numbers them' },
      main: { type: 'boolean', summary: 'of the main thread, as without it' },
      output: {
        type: 'string',
        value: 'FILE',
        summary: 'a new file below dump.directory of the daemon; without it, it gets a name there',
      },
      json,
    },
    notes: [
      'The thread stands still meanwhile, a second or more for each 100 MB; the main thread, and',
      'so the whole daemon, does so in any case while the file is written. The file holds all that',
      'is in memory, secrets too: it is for its owner only (mode 600). Open it in the memory tab',
      "of Chrome's tools.",
    ],
    examples: ['goxel-supervisor debug heap', 'goxel-supervisor debug heap --engine 0'],
  },
  report: {
    summary: 'Write all that can be said of a daemon into one file, for a bug report.',
    positionals: [],
    options: {
      ...client,
      output: {
        type: 'string',
        value: 'FILE',
        summary: 'which must not be there yet; - prints it; else one in this directory',
      },
      json: { type: 'boolean', summary: 'print the path of the file as JSON' },
    },
    notes: [
      'Versions, configuration, health, the tree with statistics, deaths, jobs, requests, the last',
      'lines of the log. Tokens and passwords are masked, and nothing is told of models; names of',
      'projects and paths are. Read the file before you send it: it is JSON that people can read.',
      'When the daemon does not answer, the file says why and has what is known without it; the',
      'exit code then is that of its absence. With tokens, one of level admin is needed.',
    ],
    examples: ['goxel-supervisor report', 'goxel-supervisor report --output report.json'],
  },
} as const satisfies Record<string, CommandSpec>;
