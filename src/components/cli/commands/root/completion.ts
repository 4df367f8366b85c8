import { defineCommand } from '../../program/command-definition.ts';
import { loadTree } from '../../program/command-tree.ts';
import { usageError } from '../../program/usage-error.ts';
import { completionModel } from '../../completion/completion-model.ts';
import { renderBash } from '../../completion/render-bash.ts';
import { renderFish } from '../../completion/render-fish.ts';
import { renderZsh } from '../../completion/render-zsh.ts';
import { globalFlags } from '../../program/global-flags.ts';

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash, zsh or fish)',
  isLocal: true,
  args: [{ name: 'SHELL', required: true, complete: 'shell' }],
  examples: [
    'source <(windlass completion bash)',
    'windlass completion zsh > "${fpath[1]}/_windlass"',
    'windlass completion fish > ~/.config/fish/completions/windlass.fish',
  ],
  async run({ args, program, tree, terminal }) {
    const render = Object.entries(renderers).find(([shell]) => shell === args[0])?.[1];
    if (render === undefined)
      throw usageError(`There is no completion for "${args[0] ?? ''}".`, 'Choose one of bash, zsh, fish.');
    terminal.print(render(completionModel(await loadTree(tree), globalFlags), program));
  },
});
