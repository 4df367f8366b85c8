import { WindlassError } from '#base/errors';
import { ExecFailed } from '#base/exec';
import { invalidSource } from '../manifest-errors.ts';
import { parseToolOutput } from '../parse-tool-output.ts';
import type { RenderContext, RenderedSource, Renderer } from '../render-context.ts';
import { discoverPlugin } from './discover-plugin.ts';
import { execPlugin, openPluginCopy } from './exec-plugin.ts';
import type { PluginCopy } from './exec-plugin.ts';
import type { Command, PluginCommand } from './plugin-command.ts';

/** Configured commands that print manifests. */
export const pluginRenderer: Renderer = Object.freeze({ type: 'Plugin', render });

async function render(context: RenderContext): Promise<RenderedSource> {
  const plugin = await choosePlugin(context);
  const copy = await openPluginCopy(context, plugin);
  if (plugin.init) await runCommand(context, plugin, plugin.init, copy);
  const output = await runCommand(context, plugin, plugin.generate, copy);
  const command = [...plugin.generate.command, ...(plugin.generate.args ?? [])].join(' ');
  return { objects: parseToolOutput(output, `the plug-in "${plugin.name}"`), commands: [command], warnings: [] };
}

async function choosePlugin(context: RenderContext): Promise<PluginCommand> {
  const name = context.source.plugin?.name;
  if (name) {
    const plugins = [...context.tools.plugins.values()];
    const plugin = plugins.find((one) => name === one.name || name === `${one.name}-${one.version}`);
    if (plugin) return plugin;
    throw invalidSource(`Couldn't find the plug-in "${name}": it is not configured in the repo-server.`, 'plugin.name');
  }
  const found = await discoverPlugin(context);
  if (found) return found;
  throw invalidSource('No configured plug-in recognises the files of this source.', 'plugin');
}

async function runCommand(
  context: RenderContext,
  plugin: PluginCommand,
  command: Command,
  copy: PluginCopy,
): Promise<string> {
  try {
    return await execPlugin(context, plugin, command, copy);
  } catch (error) {
    if (!(error instanceof ExecFailed)) throw error;
    const said = error.result.stderr.trim().replaceAll(copy.cwd, '.');
    throw new WindlassError({
      code: 'PLUGIN_FAILED',
      kind: 'InvalidInput',
      message: `The plug-in "${plugin.name}" failed exit status ${error.result.code}: ${said}`,
      hint: "Run the plug-in's command in the directory of the source, and correct what it names.",
      cause: error,
    });
  }
}
