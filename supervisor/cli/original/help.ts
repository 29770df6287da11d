/** The help about the command line of goxel-daemon. */

import { columns } from '../columns.ts';
import { ORIGINAL_OPTIONS, type OriginalOption, OUR_OPTIONS } from './options.ts';

export function originalHelp(): string {
  return [
    'Run the daemon by the command line of goxel-daemon, the daemon in C.',
    '',
    'Usage: goxel-daemon [OPTIONS]',
    '       goxel-supervisor OPTIONS',
    '',
    'It runs in the foreground until it is told to stop (SIGTERM, SIGINT). Projects are kept in',
    'memory only, and it says so, where another daemon has those of this user.',
    '',
    'Options:',
    ...columns(rowsOf(ORIGINAL_OPTIONS)),
    '',
    'Options of goxel-supervisor run that may stand beside them:',
    ...columns(rowsOf(OUR_OPTIONS)),
    '',
    'Examples:',
    '  goxel-daemon --foreground --socket /tmp/goxel.sock',
    '  goxel-daemon --daemonize --pid-file /tmp/g.pid --log-file /tmp/g.log',
    '  goxel-daemon --stop',
    '',
  ].join('\n');
}

function rowsOf(options: Readonly<Record<string, OriginalOption>>): [string, string][] {
  return Object.entries(options).map(([name, { short, value, summary, key }]) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    const argument = value === undefined ? '' : ` ${value}`;
    return [`${letter}--${name}${argument}`, key === undefined ? summary : `${summary} (${key})`];
  });
}
