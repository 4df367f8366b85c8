import type { OptionDefinition } from '../program/command-definition.ts';
import { valueCommand } from './completion-model.ts';
import type { CompletionModel } from './completion-model.ts';

/** A completion script for fish. Pure. */
export function renderFish({ words, commands }: CompletionModel, program: string): string {
  const lines = [`# Completion of ${program} for fish`, `complete -c ${program} -f`];
  for (const [noun, verbs] of words) {
    const names = verbs.map(([word]) => word).join(' ');
    const condition =
      noun === ''
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${names}`;
    for (const [word, summary] of verbs)
      lines.push(`complete -c ${program} -n '${condition}' -a ${word} -d ${quote(summary)}`);
  }
  for (const { path, options, argument } of commands) {
    const condition = path
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    const values = valueCommand(argument, program);
    if (values !== undefined)
      lines.push(`complete -c ${program} -n '${condition}' -a '(${values.replaceAll("'", '"')})'`);
    for (const option of options) lines.push(`complete -c ${program} -n '${condition}' ${optionText(option, program)}`);
  }
  return `${lines.join('\n')}\n`;
}

function optionText({ name, short, type, summary, choices, complete }: OptionDefinition, program: string): string {
  const values = choices === undefined ? valueCommand(complete, program) : undefined;
  return [
    `-l ${name}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(type === 'boolean' ? [] : ['-r']),
    ...(choices === undefined ? [] : [`-a '${choices.filter(Boolean).join(' ')}'`]),
    ...(values === undefined ? [] : [`-a '(${values})'`]),
    ...(complete === 'file' || complete === 'directory' ? ['-F'] : []),
    `-d ${quote(summary)}`,
  ].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
