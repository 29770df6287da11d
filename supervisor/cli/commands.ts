/**
 * The table of commands. Parsing, help texts and the types of the parsed options are all made from
 * it. To add a command: an entry here, and its body in `main.ts`. The name of one that belongs to
 * others has two words, the first of which they share: `config check`.
 */

import { type CommandSpec, client, config, json } from './command-spec.ts';
import { CONFIG_COMMANDS } from './config-commands.ts';
import { INSIDE_COMMANDS } from './inside-commands.ts';
import { JOURNAL_COMMANDS } from './journal-commands.ts';
import { MODEL_COMMANDS } from './model-commands.ts';

export const COMMANDS = {
  run: {
    summary: 'Run the daemon until it is told to stop (SIGTERM, SIGINT).',
    positionals: [],
    notes: [
      'A second SIGTERM or SIGINT stops it without waiting. SIGHUP is a reload, SIGUSR2',
      'turns debug lines on and off, SIGUSR1 and SIGQUIT write the tree of actors to the log.',
    ],
    options: {
      ...config,
      daemon: {
        type: 'boolean',
        summary: 'run in the background, and return when it is ready or has failed',
      },
      workers: {
        type: 'string',
        value: 'N',
        summary: 'number of engines, each in a thread',
        key: 'workers.count',
      },
      'log-level': {
        type: 'string',
        value: 'LEVEL',
        summary: 'the least serious log lines to write',
        key: 'logging.level',
      },
      ephemeral: {
        type: 'boolean',
        summary: 'keep no projects on the disk: they end with the daemon',
        turns_on: 'journal.ephemeral',
      },
      inspect: {
        type: 'string',
        value: '[PORT]',
        summary: 'serve the inspector, and say its URL',
        key: 'inspector.port',
        turns_on: 'inspector.enabled',
      },
    },
    examples: [
      'goxel-supervisor run',
      'goxel-supervisor run --inspect',
      'goxel-supervisor run --socket /run/goxel/goxel.sock --workers 4',
      'goxel-supervisor run --config daemon.yaml --set performance.max_connections=64',
    ],
  },
  call: {
    summary: 'Send one request to a running daemon and print its result as JSON.',
    positionals: ['METHOD', '[PARAMS]'],
    options: {
      ...client,
      timeout: {
        type: 'string',
        value: 'SECONDS',
        summary: 'give up after so long; without it, or with 0, the limits of the daemon decide',
      },
      output: {
        type: 'string',
        value: 'FILE',
        summary: 'write the picture or the export of the result to a file; several are numbered',
      },
      json: { type: 'boolean', summary: 'print the result as JSON, as without it' },
    },
    notes: [
      'PARAMS is a JSON array or object, @FILE for those in a file, or - for standard input.',
      'Paths in PARAMS are those of the daemon: relative ones start at its working directory.',
      'Ctrl-C takes the request back, as far as it is not done yet.',
    ],
    examples: [
      'goxel-supervisor call list_methods',
      'goxel-supervisor call goxel.load_project \'{"path":"/home/me/house.gox"}\'',
      "goxel-supervisor call goxel.add_voxel '[1,2,3,255,0,0,255]'",
      'goxel-supervisor call goxel.add_voxels @voxels.json',
      'goxel-supervisor call goxel.render_scene --output /tmp/house.png',
    ],
  },
  health: {
    summary: 'Print whether a daemon is well, and if not, why; for scripts, by its exit code.',
    positionals: [],
    options: {
      ...client,
      json: { type: 'boolean', summary: 'print it as JSON, with all that was checked' },
    },
    notes: [
      'Exit code 0: healthy. 1: degraded, so it serves and somebody should look. 2: failing. The',
      'others mean that there was no answer. It is answered also while all places are taken.',
      'For a container, which is to be restarted when it fails and not when it is degraded:',
      '  goxel-supervisor health; [ $? -le 1 ]',
    ],
    examples: ['goxel-supervisor health', 'goxel-supervisor health --json'],
  },
  ...MODEL_COMMANDS,
  status: {
    summary: 'Print whether a daemon runs, since when, where it listens, and how its parts are.',
    positionals: [],
    options: { ...client, json },
    notes: [
      'Exit code 0: it runs, whatever it is at. 69: nobody listens there. The others say why',
      'nobody could be asked. `health` is for scripts that want to know whether it is well.',
    ],
    examples: ['goxel-supervisor status', 'goxel-supervisor status --json'],
  },
  stop: {
    summary: 'Stop a running daemon, and wait until it is gone.',
    positionals: [],
    options: {
      ...client,
      'pid-file': {
        type: 'string',
        value: 'FILE',
        summary: 'where its process is found when its socket does not answer',
        key: 'pid_file',
      },
      now: { type: 'boolean', summary: 'do not wait for what is under way; as stopping it twice' },
      timeout: {
        type: 'string',
        value: 'SECONDS',
        summary: 'how long to wait until it is gone; 60 without it',
      },
      json,
    },
    notes: [
      'It is asked over its socket. When nobody answers there, the process that holds the PID file',
      'open, or else the one that has the socket, is sent SIGTERM instead.',
    ],
    examples: ['goxel-supervisor stop', 'goxel-supervisor stop --now --timeout 10'],
  },
  reload: {
    summary: 'Have a running daemon read its configuration again, and print what came of it.',
    positionals: [],
    options: {
      ...client,
      json,
      exec: { type: 'boolean', summary: 'start the program anew, without refusing a client' },
    },
    notes: [
      'The daemon reads its own file, not the one named here, which only says where it listens.',
      'What is wrong there changes nothing, and is an error here (78).',
      'With --exec it does what the command upgrade does.',
    ],
    examples: ['goxel-supervisor reload'],
  },
  upgrade: {
    summary: 'Replace a running daemon by the program as it is installed, refusing no client.',
    positionals: [],
    options: { ...client, json },
    notes: [
      'The new process is started with the command line and the environment of the old one, and',
      'reads the configuration anew. When it does not come up nothing changes, and the last lines',
      'that it wrote are printed here.',
    ],
    examples: ['goxel-supervisor upgrade'],
  },
  completion: {
    summary: 'Print the script that lets a shell complete this command line.',
    positionals: ['bash|zsh|fish'],
    options: {},
    notes: [
      'bash:  source <(goxel-supervisor completion bash), in ~/.bashrc',
      'zsh:   source <(goxel-supervisor completion zsh), in ~/.zshrc after compinit',
      'fish:  goxel-supervisor completion fish > ~/.config/fish/completions/goxel-supervisor.fish',
    ],
    examples: ['goxel-supervisor completion bash'],
  },
  ...INSIDE_COMMANDS,
  ...JOURNAL_COMMANDS,
  ...CONFIG_COMMANDS,
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;

type FirstWord<Name> = Name extends `${infer First} ${string}` ? First : never;

/** The first word of commands that belong together. */
export type CommandGroup = FirstWord<CommandName>;

export function isGroup(word: string): word is CommandGroup {
  return commandsOf(word).length > 0;
}

/** The commands of a group; of any other word none. */
export function commandsOf(group: string): CommandName[] {
  const names = Object.keys(COMMANDS) as CommandName[];
  return names.filter((name) => name.startsWith(`${group} `));
}
