/** The commands about the configuration, of the table of commands. */

import { type CommandSpec, config, json } from './command-spec.ts';

/** About the configuration; they need no running daemon. */
export const CONFIG_COMMANDS = {
  'config check': {
    summary: 'Check a configuration as run would take it: the file, the environment and flags.',
    positionals: ['[FILE]'],
    options: { ...config, json },
    notes: [
      'FILE is that which run would find, if it is left out; - is standard input. All problems are',
      'told at once. Exit code 0: it can be used, maybe with warnings. 78: it cannot.',
    ],
    examples: [
      'goxel-supervisor config check',
      'goxel-supervisor config check /etc/goxel/daemon.conf',
    ],
  },
  'config print': {
    summary: 'Print the value of every key, as YAML that can be used as a configuration file.',
    positionals: [],
    options: {
      ...config,
      origin: { type: 'boolean', summary: 'say beside each where it comes from' },
      json,
    },
    examples: [
      'goxel-supervisor config print --origin',
      'goxel-supervisor config print --config daemon.yaml --json',
    ],
  },
  'config migrate': {
    summary: 'Turn a configuration of an older Goxel daemon into one of today.',
    positionals: ['FILE'],
    options: {
      output: {
        type: 'string',
        value: 'FILE',
        summary: 'write it to this file, which must not be there yet',
      },
      json: { type: 'boolean', summary: 'print what became of each key, as JSON' },
    },
    notes: [
      'Which layout FILE has is seen from its keys; - is standard input. What has no counterpart',
      'here is told on standard error, and in comments of the result.',
    ],
    examples: [
      'goxel-supervisor config migrate daemon_config.json',
      'goxel-supervisor config migrate goxel-daemon.conf --output daemon.yaml',
    ],
  },
  'config schema': {
    summary: 'Print the JSON Schema of the configuration file, for editors.',
    positionals: [],
    options: { json: { type: 'boolean', summary: 'print it as JSON, which it is anyway' } },
    examples: ['goxel-supervisor config schema'],
  },
  'config path': {
    summary: 'Print the path of the configuration file that run would take.',
    positionals: [],
    options: {
      config: config.config,
      json: { type: 'boolean', summary: 'print it as JSON, with all places looked at' },
    },
    notes: ['It prints nothing, and says on standard error where it looked, when there is none.'],
    examples: ['goxel-supervisor config path'],
  },
} as const satisfies Record<string, CommandSpec>;
