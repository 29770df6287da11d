/** The log, of the configuration; `schema.ts` is the whole. */

import { section } from './section.ts';
import { Type } from './type.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const logging = section('The log.', {
  level: Type.Enum(LEVELS, {
    default: 'info',
    live: true,
    original: 'info',
    title: `one of ${LEVELS.join(', ')}`,
    description: 'The least serious lines that are written.',
  }),
  file: Type.String({
    default: '',
    live: true,
    original: '/var/log/goxel/daemon.log',
    title: 'a text',
    path: true,
    description:
      'File to which log lines are appended; empty for standard output, where a service manager' +
      ' picks them up and rotates them. SIGHUP opens it again. One that cannot be opened at the' +
      ' start is an error; one that cannot be written later is not.',
  }),
  max_size_mb: Type.Integer({
    default: 100,
    live: true,
    original: 100,
    minimum: 0,
    maximum: 1_000_000,
    description:
      'MB (10⁶) that the file may grow to: then it is renamed to FILE.0, the one before to FILE.1' +
      ' and so on. 0: it is never renamed, as where logrotate does that.',
  }),
  max_files: Type.Integer({
    default: 10,
    live: true,
    original: 10,
    minimum: 0,
    maximum: 1000,
    description:
      'Renamed files that are kept; those beyond it are removed. 0: the file is emptied when it' +
      ' is full.',
  }),
  syslog: Type.Boolean({
    default: false,
    live: true,
    original: true,
    description:
      'Whether lines go to the syslog of the system (RFC 5424) as well. Not by default: who' +
      ' starts the daemon by hand reads them, and systemd keeps them.',
  }),
  syslog_path: Type.String({
    default: '/dev/log',
    live: true,
    minLength: 1,
    title: 'a text that is not empty',
    path: true,
    description: 'The socket of its daemon.',
  }),
  format: Type.Enum(['auto', 'json', 'text'], {
    default: 'auto',
    live: true,
    title: 'one of auto, json, text',
    description:
      'JSON for programs, one object a line, or text for people. auto is text on a terminal and' +
      ' in the journal of systemd, else JSON.',
  }),
});
