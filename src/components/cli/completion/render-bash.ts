import type { OptionDefinition } from '../program/command-definition.ts';
import { valueCommand } from './completion-model.ts';
import type { CompletionModel } from './completion-model.ts';

/** A completion script for bash. Pure. */
export function renderBash({ words, commands }: CompletionModel, program: string): string {
  const name = `_${program}_complete`;
  const wordCases = [...words].map(
    ([noun, verbs]) => `    '${noun}') words='${verbs.map(([word]) => word).join(' ')}' ;;`,
  );
  const flagCases = commands.map(
    ({ path, options, argument }) =>
      `    '${path}') flags='${options.flatMap(flagWords).join(' ')}'; argument='${valueCommand(argument, program) ?? ''}' ;;`,
  );
  return `# Completion of ${program} for bash: source <(${program} completion bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" noun='' verb='' words='' flags='' argument='' values='' word
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [[ $word == -* ]] && continue
    if [[ -z $noun ]]; then noun=$word; elif [[ -z $verb ]]; then verb=$word; fi
  done
  case "$noun" in
${wordCases.join('\n')}
  esac
  case "\${noun}\${verb:+ }\${verb}" in
${flagCases.join('\n')}
  esac
  [[ -z $flags ]] && case "$noun" in
${flagCases.filter((line) => !/^ {4}'[^']* /.test(line)).join('\n')}
  esac
  case "$previous" in
${valueCases(
  commands.flatMap(({ options }) => options),
  program,
).join('\n')}
  esac
  if [[ -n $values ]]; then
    COMPREPLY=($(compgen -W "$(eval "$values" 2>/dev/null)" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ -n $words && -z $verb ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [[ -n $argument ]]; then
    COMPREPLY=($(compgen -W "$(eval "$argument" 2>/dev/null)" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F ${name} ${program}
`;
}

function flagWords({ name, short }: OptionDefinition): readonly string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

/** Values of a flag are the same wherever the flag is. */
function valueCases(options: readonly OptionDefinition[], program: string): readonly string[] {
  const byName = new Map<string, string>();
  for (const { name, choices, complete } of options) {
    const command =
      choices === undefined ? valueCommand(complete, program) : `printf "%s\\n" ${choices.filter(Boolean).join(' ')}`;
    if (command !== undefined && !byName.has(name)) byName.set(name, command);
  }
  return [...byName].map(([name, command]) => `    --${name}) values='${command}' ;;`);
}
