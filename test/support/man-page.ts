/**
 * Writes `conf/man/goxel-supervisor.1`, the manual page, from the table of commands and the schema
 * of the configuration: `npm run generate`. A test compares the file with what this makes.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentName } from '../../conf/environment.ts';
import { SECTIONS, SETTINGS, type Setting } from '../../conf/settings.ts';
import { VERSION } from '../../engine/catalogue/version.ts';
import type { CommandSpec } from '../../supervisor/cli/command-spec.ts';
import { COMMANDS } from '../../supervisor/cli/commands.ts';
import { EXIT } from '../../supervisor/cli/exit-codes.ts';
import { ORIGINAL_OPTIONS, type OriginalOption } from '../../supervisor/cli/original/options.ts';

/** The file in the source tree, seen from dist/test/support/. */
export const MAN_PAGE: string = fileURLToPath(
  new URL('../../../conf/man/goxel-supervisor.1', import.meta.url),
);

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  OK: 'Done. A daemon that was asked to stop ends so too.',
  DEGRADED:
    'health: the daemon serves, and somebody should look. goxel-daemon --status, --stop and' +
    ' --reload: none runs.',
  FAILING: 'health: clients cannot work, or soon cannot.',
  USAGE: 'The command line is wrong.',
  DATAERR: 'What was given to work on is wrong, such as parameters or a damaged file.',
  NOINPUT: 'A file to be read is not there, or cannot be read.',
  UNAVAILABLE: 'No daemon answers.',
  SOFTWARE: 'A defect, or a part of the daemon that used up its restarts.',
  OSERR: 'The system is short of something, such as file descriptors.',
  CANTCREAT: 'A file or the socket cannot be made.',
  IOERR: 'The connection broke, or the output cannot be written.',
  TEMPFAIL: 'Try again: the daemon is busy or stopping, or another one has its place.',
  PROTOCOL: 'What answers is no daemon of ours.',
  NOPERM: 'The rights do not suffice.',
  CONFIG: 'The configuration is wrong; it is of no use to start it again as it is.',
  INTERRUPTED: 'Ctrl-C (SIGINT) ended the command.',
  TERMINATED: 'SIGTERM ended the command.',
};

const FILES: readonly (readonly [string, string])[] = [
  ['--config FILE, $GOXEL_CONFIG', 'What is named there must be there; /dev/null is no file.'],
  ['~/.config/goxel-supervisor/daemon.yaml', 'Of the user; $XDG_CONFIG_HOME is for ~/.config.'],
  ['/etc/goxel/daemon.conf', 'Of the machine.'],
];

const VARIABLES: readonly (readonly [string, string])[] = [
  ['GOXEL_CONFIG', 'The configuration file.'],
  [
    environmentName('limits.depth_max'),
    'The key limits.depth_max, and so on for each key. What begins like a section and is no key' +
      ' is an error.',
  ],
  [
    'GOXEL_RENDER_DIR, GOXEL_RENDER_TTL, GOXEL_RENDER_MAX_SIZE, GOXEL_RENDER_CLEANUP_INTERVAL',
    'As the C daemon takes them: the directory of managed renders, their time in seconds, bytes' +
      ' of all of them, and seconds between two looks.',
  ],
];

const SIGNALS: readonly (readonly [string, string])[] = [
  ['SIGTERM, SIGINT', 'Stop in order. The second one stops at once.'],
  ['SIGHUP', 'Read the configuration again, and open the log file again.'],
  ['SIGUSR1, SIGQUIT', 'Write the tree of actors to the log and to a file in dump.directory.'],
  ['SIGUSR2', 'Turn debug lines in the log on, and off again.'],
];

/** Of the last change that readers should know of. */
const DATE = '2026-11-28';

/** The text of the page, for man(7). */
export function manPage(): string {
  const commands = Object.entries(COMMANDS).map(([name, spec]): [string, CommandSpec] => [
    name,
    spec,
  ]);
  return [
    '.\\" Generated from supervisor/cli/commands.ts and conf/schema.ts: npm run generate',
    `.TH GOXEL-SUPERVISOR 1 ${DATE} "goxel-supervisor ${VERSION}" "User Commands"`,
    '.SH NAME',
    'goxel-supervisor \\- a daemon that edits, converts and exports voxel projects',
    '.SH SYNOPSIS',
    ...commands.flatMap(([name, spec]) => ['.br', ...synopsis(name, spec)]).slice(1),
    '.br',
    '.B goxel-daemon',
    '[\\fIOPTIONS\\fR]',
    '.SH DESCRIPTION',
    line('A headless Goxel: it keeps voxel projects in memory and edits, renders, converts and'),
    line('exports them for programs, over JSON-RPC 2.0 on a Unix socket or TCP.'),
    line('The same program is the daemon (run) and its command line (all other commands).'),
    '.SH COMMANDS',
    ...commands.flatMap(([name, spec]) => command(name, spec)),
    '.SH AS GOXEL-DAEMON',
    line('The command line of the daemon in C, of options alone, starts the daemon as well, by'),
    line('whatever name the program is called. The options of run may stand beside these.'),
    ...Object.entries(ORIGINAL_OPTIONS).flatMap(([name, option]) => original(name, option)),
    '.SH CONFIGURATION',
    line('Every key with its default. A file (YAML), the environment and flags may set them, each'),
    line('winning over the one before; --set KEY=VALUE sets any of them.'),
    ...configuration(),
    '.SH FILES',
    line('The first of these that is there is the configuration; config path tells which.'),
    ...FILES.flatMap(([name, text]) => item(name, text)),
    '.SH ENVIRONMENT',
    ...VARIABLES.flatMap(([name, text]) => item(name, text)),
    '.SH SIGNALS',
    line('Of the daemon:'),
    ...SIGNALS.flatMap(([name, text]) => item(name, text)),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT).flatMap(([name, code]) =>
      item(String(code), EXIT_TEXTS[name as keyof typeof EXIT]),
    ),
    '.SH SEE ALSO',
    '.BR systemctl (1),',
    '.BR sysexits (3),',
    '.BR systemd.service (5)',
    '',
  ].join('\n');
}

function synopsis(name: string, { options, positionals }: CommandSpec): string[] {
  const words = Object.keys(options).length === 0 ? [] : ['[\\fIOPTIONS\\fR]'];
  for (const positional of positionals) words.push(`\\fI${escaped(positional)}\\fR`);
  return [`.B goxel-supervisor ${escaped(name)}`, ...(words.length > 0 ? [words.join(' ')] : [])];
}

function command(name: string, { summary, notes, options, examples }: CommandSpec): string[] {
  return [
    `.SS ${escaped(name)}`,
    line(summary),
    ...(notes === undefined ? [] : ['.PP', ...notes.map(line)]),
    ...Object.entries(options).flatMap(([option, { value, summary: text, key, short }]) => {
      const letter = short === undefined ? '' : `\\fB${escaped(`-${short}`)}\\fR, `;
      const flag = `${letter}\\fB${escaped(`--${option}`)}\\fR`;
      return [
        '.TP',
        value === undefined ? flag : `${flag} \\fI${escaped(value)}\\fR`,
        line(sentence(key === undefined ? text : `${text} (${key})`)),
      ];
    }),
    '.PP',
    ...(examples.length === 1 ? ['Example:'] : ['Examples:']),
    '.PP',
    '.nf',
    '.RS 4',
    ...examples.map(line),
    '.RE',
    '.fi',
  ];
}

function original(name: string, { short, value, summary, key }: OriginalOption): string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  const flags = names.map((flag) => `\\fB${escaped(flag)}\\fR`).join(', ');
  return [
    '.TP',
    value === undefined ? flags : `${flags} \\fI${escaped(value)}\\fR`,
    line(sentence(key === undefined ? summary : `${summary} (${key})`)),
  ];
}

function configuration(): string[] {
  const lines: string[] = [];
  let section = '';
  for (const setting of SETTINGS.values()) {
    const own = setting.key.includes('.') ? setting.key.slice(0, setting.key.lastIndexOf('.')) : '';
    if (own !== section) {
      section = own;
      lines.push(`.SS ${escaped(own || 'the process')}`, line(SECTIONS.get(own) ?? ''));
    }
    lines.push(...settingLines(setting));
  }
  return lines;
}

function settingLines({ key, default: value, description, expected }: Setting): string[] {
  const head = `\\fB${escaped(key)}\\fR (${escaped(JSON.stringify(value))})`;
  return ['.TP', head, line(`${description} Takes ${expected}.`)];
}

function item(head: string, text: string): string[] {
  return ['.TP', `\\fB${escaped(head)}\\fR`, line(text)];
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}

/** A line of text. One that begins with . or ' would be a request. */
function line(text: string): string {
  const safe = escaped(text.trimStart());
  return /^['.]/.test(safe) ? `\\&${safe}` : safe;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function escaped(text: string): string {
  // Not every terminal of man has these.
  const plain = text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => `^${SUPERSCRIPTS.indexOf(digit)}`);
  return plain.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(MAN_PAGE, manPage());
