import { posix } from 'node:path';
import { execConfined } from '#base/confinement';
import { ExecFailed } from '#base/exec';
import { WindlassError } from '#base/errors';
import { compileGlob } from '#base/glob';
import { invalidSource } from '../manifest-errors.ts';
import { parseToolOutput } from '../parse-tool-output.ts';
import type { RecordingTree } from '../reads/recording-tree.ts';
import type { RenderContext, RenderedSource, Renderer } from '../render-context.ts';
import { joinPath, relativeTo } from '../source-path.ts';
import { writeSubtree } from '../write-subtree.ts';
import type { Command, PluginCommand } from './plugin-command.ts';
import { buildPluginEnvironment } from './plugin-environment.ts';

/** Configured commands that print manifests. A plug-in may read the whole repository, so all of it is recorded. */
export const pluginRenderer: Renderer = Object.freeze({ type: 'Plugin', render });

async function render(context: RenderContext): Promise<RenderedSource> {
  const { source, tools, environment, cluster, tree, path, signal } = context;
  const plugin = await choosePlugin(context);
  await tree.recordSubtree('', signal);
  const root = await tools.scratch();
  await writeSubtree(tree, '', root, signal);
  const variables = buildPluginEnvironment({
    plugin: source.plugin ?? {},
    build: environment.all(),
    cluster: cluster.tell(),
    substitute: (text) => environment.substitute(text),
  });
  const env = { ...plugin.env, ...variables, PATH: '/usr/local/bin:/usr/bin:/bin', HOME: root, LANG: 'C.UTF-8' };
  const cwd = path === '' ? root : `${root}/${path}`;
  if (plugin.init) await runCommand(context, plugin, plugin.init, { cwd, env });
  const output = await runCommand(context, plugin, plugin.generate, { cwd, env });
  const command = [...plugin.generate.command, ...(plugin.generate.args ?? [])].join(' ');
  return { objects: parseToolOutput(output, `the plug-in "${plugin.name}"`), commands: [command], warnings: [] };
}

/** The configured plug-ins, in order, whose discovery rule matches the files of a source by name. */
export async function discoverPlugin(
  plugins: ReadonlyMap<string, PluginCommand>,
  place: { readonly tree: RecordingTree; readonly path: string; readonly signal: AbortSignal },
): Promise<PluginCommand | undefined> {
  const withRules = [...plugins.values()].filter(({ discover }) => discover?.fileName ?? discover?.find?.glob);
  if (withRules.length === 0) return undefined;
  const files = await listFiles(place);
  return withRules.find(({ discover }) => {
    const isMatch = compileGlob((discover?.fileName ?? discover?.find?.glob) as string, '/');
    return files.some((file) => isMatch(file));
  });
}

async function choosePlugin({ source, tools, tree, path, signal }: RenderContext): Promise<PluginCommand> {
  const name = source.plugin?.name;
  if (name) {
    const plugin = [...tools.plugins.values()].find(
      (one) => name === one.name || name === `${one.name}-${one.version}`,
    );
    if (plugin) return plugin;
    throw invalidSource(`Couldn't find the plug-in "${name}": it is not configured in the repo-server.`, 'plugin.name');
  }
  const found = await discoverPlugin(tools.plugins, { tree, path, signal });
  if (found) return found;
  throw invalidSource('No configured plug-in recognises the files of this source.', 'plugin');
}

async function listFiles(place: {
  readonly tree: RecordingTree;
  readonly path: string;
  readonly signal: AbortSignal;
}): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, type } of (await place.tree.list(folder, place.signal)) ?? []) {
      if (type === 'directory') await walk(joinPath(folder, name));
      else files.push(relativeTo(place.path, joinPath(folder, name)));
    }
  };
  await walk(place.path);
  return files.map((file) => posix.normalize(file));
}

async function runCommand(
  { tools, signal }: RenderContext,
  plugin: PluginCommand,
  { command, args = [] }: Command,
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<string> {
  const [program = '', ...first] = command;
  tools.onStart(`plugin ${plugin.name}`);
  try {
    const { stdout } = await execConfined(tools.confinement, program, [...first, ...args], {
      ...options,
      signal,
      clock: tools.clock,
      limits: { allowNetwork: plugin.allowNetwork ?? false },
    });
    return stdout.toString('utf8');
  } catch (error) {
    if (!(error instanceof ExecFailed)) throw error;
    throw new WindlassError({
      code: 'PLUGIN_FAILED',
      kind: 'InvalidInput',
      message: `The plug-in "${plugin.name}" failed exit status ${error.result.code}: ${error.result.stderr.trim().replaceAll(options.cwd, '.')}`,
      hint: "Run the plug-in's command in the directory of the source, and correct what it names.",
      cause: error,
    });
  }
}
