/** Completion for zsh, by its function `_arguments`. */

import {
  type CommandWords,
  firstWords,
  type OptionWords,
  type Place,
  type Vocabulary,
} from './vocabulary.ts';

export function zshScript(known: Vocabulary): string {
  const { commands, methods, settings, original } = known;
  const first = firstWords(known);
  const values = settings
    .filter(({ words }) => words.length > 0)
    .map(({ key, words }) => `      ${key}) compadd -- ${words.join(' ')} ;;`);
  return [
    '#compdef goxel-supervisor',
    '# zsh completion of goxel-supervisor; made by: goxel-supervisor completion zsh',
    '',
    '_goxel_supervisor_methods() {',
    `  compadd -- ${methods.join(' ')}`,
    '}',
    '',
    '_goxel_supervisor_settings() {',
    "  if compset -P '*='; then",
    `    case \${\${IPREFIX%=}##*=} in`,
    ...values,
    '    esac',
    '  else',
    `    compadd -S = -- ${settings.map(({ key }) => key).join(' ')}`,
    '  fi',
    '}',
    '',
    '_goxel_supervisor() {',
    '  local -a commands',
    '  if (( CURRENT == 2 )); then',
    ...described(
      [...first].map(([name, members]) => ({
        name,
        summary: members.length > 0 ? members.map((member) => member.name).join(', ') : '',
        ...commands.find((command) => command.name === name),
      })),
    ),
    "    _describe -t commands command commands -- '(--help --version)'",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $command in',
    ...[...first].flatMap(([name, members]) => (members.length > 0 ? groupOf(name, members) : [])),
    '  esac',
    '  case $command in',
    ...commands.flatMap(caseOf),
    '  esac',
    '}',
    '',
    '_goxel_daemon() {',
    `  _arguments -S ${original.map((option) => quoted(optionSpec(option))).join(' \\\n    ')}`,
    '}',
    '',
    '# A file of $fpath is run to complete; one that is sourced only says who completes.',
    'if [[ $funcstack[1] == _goxel-supervisor ]]; then _goxel_supervisor "$@"',
    'else',
    '  compdef _goxel_supervisor goxel-supervisor',
    '  compdef _goxel_daemon goxel-daemon',
    'fi',
    '',
  ].join('\n');
}

function described(commands: readonly { name: string; summary: string }[]): string[] {
  const entries = commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`);
  return ['    commands=(', ...entries, '    )'];
}

/** A command of two words: the second is completed, or joins the first. */
function groupOf(name: string, members: readonly CommandWords[]): string[] {
  return [
    `    ${name})`,
    '    if (( CURRENT == 2 )); then',
    ...described(members),
    '    _describe -t commands command commands',
    '    return',
    '    fi',
    '    command+=" $words[2]"',
    '    shift words',
    '    (( CURRENT-- ))',
    '    ;;',
  ];
}

function caseOf({ name, options, positionals }: CommandWords): string[] {
  // What comes behind one that may come again is taken for one more.
  const several = positionals.findIndex(({ multiple }) => multiple);
  const specs = [
    ...options.map(optionSpec),
    ...positionals.slice(0, several + 1 || undefined).map(({ name, place, multiple }, index) => {
      return `${multiple ? '*' : index + 1}:${name}:${actionOf(place)}`;
    }),
  ];
  const lines = specs.map(quoted);
  return [`    ${quoted(name)})`, `      _arguments -S ${lines.join(' \\\n        ')}`, '      ;;'];
}

function optionSpec({ name, summary, value, multiple }: OptionWords): string {
  const text = `[${summary.replace(/[[\]\\:]/g, (c) => `\\${c}`)}]`;
  const often = multiple ? '*' : '';
  if (value === undefined) return `${often}--${name}${text}`;
  return `${often}--${name}=${text}:${value.name}:${actionOf(value.place)}`;
}

function actionOf(place: Place): string {
  switch (place.kind) {
    case 'files':
      return '_files';
    case 'methods':
      return '_goxel_supervisor_methods';
    case 'settings':
      return '_goxel_supervisor_settings';
    case 'words':
      return `(${place.words.join(' ')})`;
    case 'nothing':
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
