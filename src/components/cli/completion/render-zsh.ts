import type { OptionDefinition } from '../program/command-definition.ts';
import { valueCommand } from './completion-model.ts';
import type { CompletionModel } from './completion-model.ts';

/** A completion script for zsh. Pure. */
export function renderZsh({ words, commands }: CompletionModel, program: string): string {
  const name = `_${program}`;
  const wordCases = [...words].map(([noun, verbs]) => {
    const entries = verbs.map(([word, summary]) => `      ${quote(`${word}:${summary}`)}`);
    return `    '${noun}') candidates=(\n${entries.join('\n')}\n    ) ;;`;
  });
  const commandCases = commands.map(({ path, options, argument }) => {
    const specs = options.flatMap((option) => optionSpecs(option, program)).map((spec) => `      ${quote(spec)}`);
    return `    '${path}') _arguments \\\n${[...specs, `      ${quote(`*:${argument ?? 'file'}:${action(argument, program)}`)}`].join(' \\\n')} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh
${name}() {
  local -a candidates
  local noun='' verb='' word
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] && continue
    if [[ -z $noun ]]; then noun=$word; elif [[ -z $verb ]]; then verb=$word; fi
  done
  case "$noun" in
${wordCases.join('\n')}
  esac
  if [[ -n $candidates && -z $verb && \${words[CURRENT]} != -* ]]; then
    _describe 'command' candidates
    return
  fi
  local key="$noun"
  (( $#candidates )) && [[ -n $noun ]] && key="$noun $verb"
  case "$key" in
${commandCases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function optionSpecs(
  { name, short, type, summary, choices, complete }: OptionDefinition,
  program: string,
): readonly string[] {
  const text = summary.replaceAll(/[[\]:]/g, ' ');
  const value = choices === undefined ? action(complete, program) : `(${choices.filter(Boolean).join(' ')})`;
  const tail = type === 'boolean' ? '' : `:${name}:${value}`;
  const repeat = type === 'strings' || type === 'pairs' ? '*' : '';
  return [`${repeat}--${name}[${text}]${tail}`, ...(short === undefined ? [] : [`${repeat}-${short}[${text}]${tail}`])];
}

function action(complete: OptionDefinition['complete'], program: string): string {
  if (complete === 'directory') return '_files -/';
  const command = valueCommand(complete, program);
  return command === undefined ? '_files' : `{compadd -- \${(f)"$(${command} 2>/dev/null)"}}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
