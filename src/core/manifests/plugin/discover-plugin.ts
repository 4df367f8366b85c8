import { ExecFailed } from '#base/exec';
import { compileGlob } from '#base/glob';
import type { RecordingTree } from '../reads/recording-tree.ts';
import type { RenderContext } from '../render-context.ts';
import { joinPath, relativeTo } from '../source-path.ts';
import { execPlugin, openPluginCopy } from './exec-plugin.ts';
import type { PluginCommand } from './plugin-command.ts';

/** The first configured plug-in, in order, whose discovery rule fits the source (`compatibility.md` a.5). */
export async function discoverPlugin(context: RenderContext): Promise<PluginCommand | undefined> {
  const { tools, tree, path, signal } = context;
  let files: readonly string[] | undefined;
  for (const plugin of tools.plugins.values()) {
    const { fileName, find } = plugin.discover ?? {};
    const glob = fileName ?? find?.glob;
    if (glob) {
      files ??= await listFiles(tree, path, signal);
      const isMatch = compileGlob(glob, '/');
      if (files.some(isMatch)) return plugin;
    } else if (find?.command && (await saysYes(context, plugin, { command: find.command, args: find.args ?? [] })))
      return plugin;
  }
  return undefined;
}

async function saysYes(
  context: RenderContext,
  plugin: PluginCommand,
  command: { command: readonly string[]; args: readonly string[] },
): Promise<boolean> {
  const copy = await openPluginCopy(context, plugin);
  try {
    return (await execPlugin(context, plugin, command, copy)).trim() !== '';
  } catch (error) {
    if (error instanceof ExecFailed) return false;
    throw error;
  }
}

async function listFiles(tree: RecordingTree, path: string, signal: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, type } of (await tree.list(folder, signal)) ?? []) {
      if (type === 'directory') await walk(joinPath(folder, name));
      else files.push(relativeTo(path, joinPath(folder, name)));
    }
  };
  await walk(path);
  return files;
}
