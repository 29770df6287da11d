/** Completion for fish. */

import {
  type CommandWords,
  firstWords,
  type OptionWords,
  type Place,
  type Vocabulary,
  valuedOptions,
} from './vocabulary.ts';

const COMPLETE = 'complete -c goxel-supervisor';

export function fishScript(known: Vocabulary): string {
  const { commands, methods, settings, original } = known;
  const first = firstWords(known);
  const keys = settings.flatMap(({ key, words }) =>
    words.length === 0 ? [`${key}=`] : words.map((word) => `${key}=${word}`),
  );
  return [
    '# fish completion of goxel-supervisor; made by: goxel-supervisor completion fish',
    '',
    '# Whether a command is being completed, and so many arguments of it are there already.',
    'function __goxel_supervisor_at --argument-names command arguments',
    '    set -l words (commandline -opc)',
    '    set -l names (string split " " -- $command)',
    '    set -l last (math 1 + (count $names))',
    '    set -l first (math 1 + $last)',
    '    test (count $words) -ge $last; or return 1',
    '    test "$words[2..$last]" = "$command"; or return 1',
    '    test -n "$arguments"; or return 0',
    '    set -l count 0',
    '    set -l valued no',
    '    for word in $words[$first..-1]',
    '        if test $valued = yes',
    '            set valued no',
    '            continue',
    '        end',
    '        switch $word',
    `            case ${valuedOptions(known).join(' ')}`,
    '                set valued yes',
    "            case '-*'",
    "            case '*'",
    '                set count (math $count + 1)',
    '        end',
    '    end',
    '    test $count = $arguments',
    'end',
    '',
    `set -g __goxel_supervisor_methods ${methods.join(' ')}`,
    `set -g __goxel_supervisor_settings ${keys.join(' ')}`,
    '',
    `${COMPLETE} -f`,
    ...[...first].flatMap(([name, members]) => wordLines(name, members, commands)),
    `${COMPLETE} -n __fish_use_subcommand -l help -d ${quoted('print help')}`,
    `${COMPLETE} -n __fish_use_subcommand -l version -d ${quoted('print the version')}`,
    ...commands.flatMap(commandLines),
    'complete -c goxel-daemon -f',
    ...original.map((option) => `complete -c goxel-daemon ${optionPart(option)}`),
    '',
  ].join('\n');
}

/** The first word of a command, and the second ones where it has some. */
function wordLines(
  name: string,
  members: readonly CommandWords[],
  commands: readonly CommandWords[],
): string[] {
  const summary = commands.find((command) => command.name === name)?.summary ?? '';
  return [
    `${COMPLETE} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...members.map(
      (member) =>
        `${COMPLETE} -n '__goxel_supervisor_at ${name} 0' -a ${member.name} -d ` +
        quoted(member.summary),
    ),
  ];
}

function commandLines({ name, options, positionals }: CommandWords): string[] {
  return [
    ...options.map((option) => optionLine(name, option)),
    ...positionals.flatMap(({ place, multiple }, index) => {
      if (place.kind === 'nothing') return [];
      const at = multiple ? '' : ` ${index}`;
      return [`${COMPLETE} -n '__goxel_supervisor_at "${name}"${at}' ${wordsAt(place)}`];
    }),
  ];
}

function optionLine(command: string, option: OptionWords): string {
  return `${COMPLETE} -n '__goxel_supervisor_at "${command}"' ${optionPart(option)}`;
}

function optionPart({ name, summary, value }: OptionWords): string {
  const takes = value === undefined ? '' : ` -r ${wordsAt(value.place)}`;
  return `-l ${name}${takes} -d ${quoted(summary)}`;
}

function wordsAt(place: Place): string {
  switch (place.kind) {
    case 'files':
      return '-F';
    case 'methods':
      return `-f -a '$__goxel_supervisor_methods'`;
    case 'settings':
      return `-f -a '$__goxel_supervisor_settings'`;
    case 'words':
      return `-f -a '${place.words.join(' ')}'`;
    case 'nothing':
      return '-f';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
