/** Completion for bash, from 3.2 (macOS) on, without the package bash-completion. */

import {
  type CommandWords,
  firstWords,
  type Place,
  type Vocabulary,
  valuedOptions,
} from './vocabulary.ts';

/** What stands in the script as it is: it finds out what is to be completed. */
const FUNCTION = `_goxel_supervisor() {
  local -a words=()
  local i n=-1 word joins=
  # COMP_WORDS are cut at =, which belongs to options and settings here.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = && n -ge 0 ]]; then
      words[n]=\${words[n]}=
      joins=1
    elif [[ -n $joins ]]; then
      words[n]=\${words[n]}$word
      joins=
    else
      n=$((n + 1))
      words[n]=$word
    fi
  done

  COMPREPLY=()
  local cur=\${words[n]} command=\${words[0]} at=0
  if [[ n -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$_goxel_supervisor_commands --help --version" -- "$cur"))
    return
  fi
  local first=1
  local group
  group=$(_goxel_supervisor_group "$command")
  if [[ -n $group ]]; then
    if [[ n -eq 1 ]]; then
      COMPREPLY=($(compgen -W "$group" -- "$cur"))
      return
    fi
    command="$command \${words[1]}"
    first=2
  fi
  for ((i = first; i < n; i++)); do
    word=\${words[i]}
    if [[ $at == -* ]]; then
      at=\${at##* }
    elif [[ $word != -* ]]; then
      at=$((at + 1))
    elif [[ " $_goxel_supervisor_valued " == *" $word "* ]]; then
      # The option whose value comes, and how many arguments there were.
      at="$word $at"
    fi
  done
  local value=$cur
  if [[ $at == -* ]]; then
    at=\${at%% *}
  elif [[ $cur == -*=* ]]; then
    at=\${cur%%=*}
    value=\${cur#*=}
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(_goxel_supervisor_options "$command")" -- "$cur"))
    return
  fi

  local kind
  kind=$(_goxel_supervisor_place "$command $at")
  case $kind in
    files)
      compopt -o filenames 2> /dev/null
      local IFS=$'\\n'
      COMPREPLY=($(compgen -f -- "$value"))
      ;;
    settings)
      if [[ $value == *=* ]]; then
        local key=\${value%%=*}
        COMPREPLY=($(compgen -W "$(_goxel_supervisor_values "$key")" -- "\${value#*=}"))
        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("\${COMPREPLY[@]/#/$key=}")
      else
        compopt -o nospace 2> /dev/null
        COMPREPLY=($(compgen -S = -W "$_goxel_supervisor_keys" -- "$value"))
      fi
      ;;
    *)
      COMPREPLY=($(compgen -W "$kind" -- "$value"))
      ;;
  esac
  # What stands before = stays where = cuts words; elsewhere it is to be given back.
  if [[ $cur == -*=* && $COMP_WORDBREAKS != *=* ]]; then
    COMPREPLY=("\${COMPREPLY[@]/#/\${cur%%=*}=}")
  fi
}

complete -F _goxel_supervisor goxel-supervisor
`;

export function bashScript(known: Vocabulary): string {
  const { commands, settings, original } = known;
  const options = commands.map(
    ({ name, options }) =>
      `    '${name}') echo '${options.map((one) => `--${one.name}`).join(' ')}' ;;`,
  );
  const first = firstWords(known);
  const groups = [...first].filter(([, members]) => members.length > 0);
  const words = groups.map(
    ([name, members]) => `    ${name}) echo '${members.map((member) => member.name).join(' ')}' ;;`,
  );
  const places = commands.flatMap(placesOf);
  const values = settings
    .filter(({ words }) => words.length > 0)
    .map(({ key, words }) => `    ${key}) echo '${words.join(' ')}' ;;`);
  return [
    '# bash completion of goxel-supervisor; made by: goxel-supervisor completion bash',
    '',
    variable('commands', [...first.keys()]),
    variable('valued', valuedOptions(known)),
    variable('methods', known.methods),
    variable(
      'keys',
      settings.map(({ key }) => key),
    ),
    '',
    '# The second words of commands that have one.',
    ...switchOf('group', words),
    ...switchOf('options', options),
    '# What may stand at a place: files, settings, or one of these words.',
    ...switchOf('place', places),
    ...switchOf('values', values),
    FUNCTION,
    `complete -o default -W '${original.map(({ name }) => `--${name}`).join(' ')}' goxel-daemon`,
    '',
  ].join('\n');
}

function variable(name: string, words: readonly string[]): string {
  return `_goxel_supervisor_${name}='${words.join(' ')}'`;
}

function switchOf(name: string, cases: readonly string[]): string[] {
  // A case without a pattern is an error.
  const body = cases.length > 0 ? ['  case $1 in', ...cases, '  esac'] : ['  :'];
  return [`_goxel_supervisor_${name}() {`, ...body, '}', ''];
}

function placesOf(command: CommandWords): string[] {
  const places: (readonly [string, Place])[] = [
    ...command.options.flatMap(({ name, value }) =>
      value === undefined ? [] : [[`--${name}`, value.place] as const],
    ),
    ...command.positionals.map(
      ({ place, multiple }, index) => [multiple ? '*' : String(index), place] as const,
    ),
  ];
  return places.flatMap(([at, place]) => {
    if (place.kind === 'nothing') return [];
    const words = wordsAt(place);
    // A star in quotes would be itself.
    const pattern = at === '*' ? `'${command.name} '[0-9]*` : `'${command.name} ${at}'`;
    return [`    ${pattern}) echo ${words} ;;`];
  });
}

function wordsAt(place: Place): string {
  if (place.kind === 'words') return `'${place.words.join(' ')}'`;
  return place.kind === 'methods' ? '"$_goxel_supervisor_methods"' : place.kind;
}
