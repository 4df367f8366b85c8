import { execConfined } from '#base/confinement';
import type { RenderContext } from '../render-context.ts';
import { writeSubtree } from '../write-subtree.ts';
import type { Command, PluginCommand } from './plugin-command.ts';
import { buildPluginEnvironment } from './plugin-environment.ts';

/** Where a plug-in runs and what it is told. */
export interface PluginCopy {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A copy of the whole repository, all of which is recorded: a plug-in may read any of it. */
export async function openPluginCopy(context: RenderContext, plugin: PluginCommand): Promise<PluginCopy> {
  const { source, tools, environment, cluster, tree, path, signal } = context;
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
  return { cwd: path === '' ? root : `${root}/${path}`, env };
}

/** What a plug-in's command prints. Throws ExecFailed for another exit code than 0. */
export async function execPlugin(
  { tools, signal }: RenderContext,
  plugin: PluginCommand,
  { command, args = [] }: Command,
  { cwd, env }: PluginCopy,
): Promise<string> {
  const [program = '', ...first] = command;
  tools.onStart(`plugin ${plugin.name}`);
  const { stdout } = await execConfined(tools.confinement, program, [...first, ...args], {
    cwd,
    env,
    signal,
    clock: tools.clock,
    limits: { allowNetwork: plugin.allowNetwork ?? false },
  });
  return stdout.toString('utf8');
}
