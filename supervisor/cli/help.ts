/** Help texts, made from the table of commands. */

import type { HelpCommand } from './args.ts';
import { columns } from './columns.ts';
import type { CommandSpec } from './command-spec.ts';
import { COMMANDS, type CommandGroup, type CommandName, commandsOf, isGroup } from './commands.ts';
import { originalHelp } from './original/help.ts';
import { ORIGINAL_NAME } from './original/line.ts';

const PROGRAM = 'goxel-supervisor';

/** A terminal that all help fits. */
const WIDTH_MAX = 100;

/** The help about one command, those of a group, or all. */
export function helpText(command: HelpCommand | undefined): string {
  if (command === undefined) return overview();
  if (command === ORIGINAL_NAME) return originalHelp();
  return isGroup(command) ? groupHelp(command) : commandHelp(command);
}

function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]): [string, string] => [
    name,
    summary,
  ]);
  return [
    'A headless Goxel: a supervised daemon that edits, converts and exports voxel projects.',
    '',
    'Usage:',
    ...Object.keys(COMMANDS).map((name) => `  ${usageLine(name as CommandName)}`),
    '',
    'Commands:',
    ...columns(commands),
    '',
    'Options:',
    ...columns([
      ['-h, --help', 'print this help, or that of the command'],
      ['--version', 'print the version'],
    ]),
    '',
    `${PROGRAM} COMMAND --help tells more about a command.`,
    `${PROGRAM} help ${ORIGINAL_NAME} is about the command line of the daemon in C.`,
    '',
  ].join('\n');
}

function groupHelp(group: CommandGroup): string {
  const names = commandsOf(group);
  return [
    'Usage:',
    ...names.map((name) => `  ${usageLine(name)}`),
    '',
    'Commands:',
    ...columns(names.map((name) => [name, COMMANDS[name].summary])),
    '',
    `${PROGRAM} ${group} COMMAND --help tells more about one of them.`,
    '',
  ].join('\n');
}

function commandHelp(name: CommandName): string {
  const spec: CommandSpec = COMMANDS[name];
  const options = Object.entries(spec.options).map(
    ([option, { value, summary, key, short }]): [string, string] => [
      [
        ...(short === undefined ? [] : [`-${short},`]),
        ...[`--${option}`, ...(value === undefined ? [] : [value])],
      ].join(' '),
      key === undefined ? summary : `${summary} (${key})`,
    ],
  );
  return [
    spec.summary,
    '',
    `Usage: ${usageLine(name)}`,
    '',
    ...(spec.notes === undefined ? [] : [...spec.notes, '']),
    'Options:',
    ...columns([...options, ['-h, --help', 'print this help']], WIDTH_MAX),
    '',
    spec.examples.length === 1 ? 'Example:' : 'Examples:',
    ...spec.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

function usageLine(name: CommandName): string {
  const spec: CommandSpec = COMMANDS[name];
  const options = Object.keys(spec.options).length === 0 ? [] : ['[OPTIONS]'];
  return [PROGRAM, name, ...options, ...spec.positionals].join(' ');
}
