/** The commands that look at what is kept on the disk, of the table of commands. */

import { type CommandSpec, config, json } from './command-spec.ts';

export const JOURNAL_COMMANDS = {
  journal: {
    summary: 'Print what is in the journal of a project, or in one file of it.',
    positionals: ['PATH'],
    options: {
      json: { type: 'boolean', summary: 'print it as JSON, an object a line' },
      verbose: { type: 'boolean', summary: 'print the parameters of requests, too' },
    },
    notes: [
      'PATH is a segment (.journal), a snapshot, the directory of a project, or that of all of',
      'them. Nothing is changed or locked: the daemon may be running.',
      'Exit code 0: all of it can be read; a last write that was never finished is no damage,',
      'since nothing of it was acknowledged. 65: it is damaged, or a newer version wrote it. 66:',
      'there is none. 74, 77: the system refused to read it.',
    ],
    examples: [
      'goxel-supervisor journal ~/.local/state/goxel-supervisor/projects/tower',
      'goxel-supervisor journal --json --verbose tower/0000000001.journal',
    ],
  },
  repair: {
    summary: 'Give up what cannot be read of the journal of a project, so that it can be edited.',
    positionals: ['PROJECT'],
    options: {
      ...config,
      'dry-run': { type: 'boolean', summary: 'only say what would be done' },
      yes: { type: 'boolean', summary: 'do not ask first' },
      json,
    },
    notes: [
      'PROJECT is the name of a project of the configured store, or the path of its directory. No',
      'daemon may have it: a running one is to be stopped first, which is checked by its lock.',
      'The damaged files are copied aside, then cut at the damage; all edits before it stay. What',
      'a newer version wrote is not touched.',
    ],
    examples: ['goxel-supervisor repair --dry-run tower', 'goxel-supervisor repair tower'],
  },
} as const satisfies Record<string, CommandSpec>;
