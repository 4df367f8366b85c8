import { join } from 'node:path';
import { stringifyExact } from '#base/json';
import { editKustomization, parseBuildOptions, runKustomizeBuild } from '#libs/kustomize';
import type { BuildOptions, KustomizationEdits } from '#libs/kustomize';
import { invalidSource } from '../manifest-errors.ts';
import { parseToolOutput } from '../parse-tool-output.ts';
import type { RenderContext, RenderedSource, Renderer } from '../render-context.ts';
import { resolvePath } from '../source-path.ts';
import { writeSubtree } from '../write-subtree.ts';
import { collectRoots, readKustomization } from './collect-roots.ts';
import type { Kustomization } from './collect-roots.ts';
import { placeRemotes, rewrite } from './place-remotes.ts';

/** Kustomizations, built by the real program in a copy that holds only what is recorded (`compatibility.md` a.4). */
export const kustomizeRenderer: Renderer = Object.freeze({ type: 'Kustomize', render });

async function render(context: RenderContext): Promise<RenderedSource> {
  const { tree, path, source, settings, tools, signal } = context;
  if (source.kustomize?.version)
    throw invalidSource(
      `The Kustomize version "${source.kustomize.version}" is not registered.`,
      'kustomize.version',
      'Leave kustomize.version empty to use the one program there is.',
    );
  const options = parseBuildOptions(settings.kustomizeBuildOptions);
  const program = await tools.kustomize();
  const edits = await buildEdits(context);
  const root = await tools.scratch();
  const reached = await collectRoots(tree, path, { extra: edits.components ?? [], signal });
  for (const directory of options.isUnrestricted ? [''] : reached.roots) {
    await tree.recordSubtree(directory, signal);
    await writeSubtree(tree, directory, root, signal);
  }
  const changed = await placeRemotes(context, reached.remotes, { root });
  await applyEdits(context, edits, { root, changed });
  const home = await tools.scratch();
  const run = {
    program,
    home,
    signal,
    clock: tools.clock,
    confinement: tools.confinement,
    onStart: () => tools.onStart('kustomize'),
  };
  const args = [...options.args, ...(await helmArgs(context, options))];
  const output = await runKustomizeBuild(run, { root, directory: path, options: args });
  const command = ['kustomize build', path || '.', ...options.args].join(' ');
  return { objects: parseToolOutput(output, 'kustomize'), commands: [command], warnings: [] };
}

async function buildEdits({ source, environment, tree, path, signal }: RenderContext): Promise<KustomizationEdits> {
  const {
    commonAnnotations = {},
    commonAnnotationsEnvsubst,
    components = [],
    ignoreMissingComponents,
    ...rest
  } = source.kustomize ?? {};
  const annotations = Object.entries(commonAnnotations).map(([key, value]) => [
    key,
    commonAnnotationsEnvsubst ? environment.substitute(value) : value,
  ]);
  const present: string[] = [];
  for (const component of components) {
    const isThere = (await tree.list(resolvePath(path, component, 'kustomize.components'), signal)) !== undefined;
    if (isThere || !ignoreMissingComponents) present.push(component);
  }
  return {
    ...rest,
    commonAnnotations: Object.fromEntries(annotations) as Record<string, string>,
    components: present,
  };
}

async function applyEdits(
  { tree, path, signal }: RenderContext,
  edits: KustomizationEdits,
  { root, changed }: { readonly root: string; readonly changed: ReadonlyMap<string, Kustomization['value']> },
): Promise<void> {
  const kustomization = await readKustomization(tree, path, signal);
  if (!kustomization) return;
  const before = changed.get(kustomization.file) ?? kustomization.value;
  const after = editKustomization(before, edits);
  if (stringifyExact(after) !== stringifyExact(before)) await rewrite(join(root, kustomization.file), after);
}

/** Charts that a kustomization inflates are rendered by our Helm, and told what the cluster is. */
async function helmArgs({ tools, source, cluster }: RenderContext, { enableHelm }: BuildOptions): Promise<string[]> {
  if (!enableHelm) return [];
  const { path } = await tools.helm();
  const { kubeVersion, apiVersions } = source.kustomize ?? {};
  const told = cluster.tell();
  const version = /\d+(\.\d+){0,2}/.exec(kubeVersion || told.kubeVersion)?.[0];
  const apis = apiVersions && apiVersions.length > 0 ? apiVersions : told.apiVersions;
  return [
    `--helm-command=${path}`,
    ...(version ? [`--helm-kube-version=${version}`] : []),
    ...apis.map((api) => `--helm-api-versions=${api}`),
  ];
}
