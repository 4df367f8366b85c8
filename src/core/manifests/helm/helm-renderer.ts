import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringifyExact } from '#base/json';
import { describeTemplateCommand, runHelmTemplate } from '#libs/helm';
import type { TemplateOptions } from '#libs/helm';
import { fileNotFound, invalidSource } from '../manifest-errors.ts';
import { parseToolOutput } from '../parse-tool-output.ts';
import type { RenderContext, RenderedSource, Renderer } from '../render-context.ts';
import { expandValueFiles } from './expand-value-files.ts';
import type { ValueFile } from './expand-value-files.ts';
import { prepareChart } from './prepare-chart.ts';
import { isReference, resolveSourceFile } from './resolve-source-file.ts';

const maxFileBytes = 10 * 1024 * 1024;

/** Charts, through `helm template` (`compatibility.md` a.3). */
export const helmRenderer: Renderer = Object.freeze({ type: 'Helm', render });

/** A file that Helm is given: where it is on disk, and what people call it. */
interface GivenFile {
  readonly disk: string;
  readonly shown: string;
}

async function render(context: RenderContext): Promise<RenderedSource> {
  const { source, tools, signal } = context;
  const { version } = source.helm ?? {};
  if (version !== undefined && !['', 'v3', '3'].includes(version))
    throw invalidSource(`Helm version '${version}' is not supported.`, 'helm.version');
  const program = await tools.helm();
  const home = await tools.scratch();
  const valueFiles = await placeValueFiles(context, home);
  const fileParameters = await placeFileParameters(context, home);
  const chart = await prepareChart(context);
  const options = templateOptions(context);
  const run = {
    program,
    home,
    signal,
    clock: tools.clock,
    confinement: tools.confinement,
    onStart: () => tools.onStart('helm'),
  };
  const output = await runHelmTemplate(run, chart, {
    ...options,
    valueFiles: valueFiles.map(({ disk }) => disk),
    fileParameters: fileParameters.map(({ name, file }) => ({ name, path: file.disk })),
  });
  const command = describeTemplateCommand({
    ...options,
    valueFiles: valueFiles.map(({ shown }) => shown),
    fileParameters: fileParameters.map(({ name, file }) => ({ name, path: file.shown })),
  });
  return { objects: parseToolOutput(output, 'helm'), commands: [command], warnings: [] };
}

function templateOptions({ source, appName, namespace, cluster, environment }: RenderContext): TemplateOptions {
  const helm = source.helm ?? {};
  const { apiVersions, kubeVersion } = helm;
  const needsCluster = !kubeVersion || !apiVersions || apiVersions.length === 0;
  const told = needsCluster ? cluster.tell() : undefined;
  return {
    // Outside the control-plane namespace an application is called `namespace_name`.
    releaseName: helm.releaseName || appName.slice(appName.indexOf('_') + 1),
    namespace: helm.namespace || namespace,
    kubeVersion: kubeVersion || told?.kubeVersion,
    apiVersions: apiVersions && apiVersions.length > 0 ? apiVersions : (told?.apiVersions ?? []),
    parameters: (helm.parameters ?? []).map(({ name = '', value = '', forceString = false }) => ({
      name,
      value: environment.substitute(value),
      forceString,
    })),
    skipCrds: helm.skipCrds ?? false,
    skipSchemaValidation: helm.skipSchemaValidation ?? false,
    skipTests: helm.skipTests ?? false,
  };
}

async function placeValueFiles(context: RenderContext, home: string): Promise<GivenFile[]> {
  const { source } = context;
  const placed: GivenFile[] = [];
  for (const file of await expandValueFiles(context)) {
    const disk = join(home, `values-${placed.length}.yaml`);
    await writeFile(disk, await readValueFile(context, file));
    placed.push({ disk, shown: file.type === 'url' ? file.url : file.path });
  }
  const inline = source.helm?.valuesObject ? stringifyExact(source.helm.valuesObject) : source.helm?.values;
  if (inline) {
    const disk = join(home, 'values-inline.yaml');
    await writeFile(disk, inline);
    placed.push({ disk, shown: '<values>' });
  }
  return placed;
}

async function readValueFile({ tools, signal }: RenderContext, file: ValueFile): Promise<Uint8Array> {
  if (file.type === 'url') return tools.fetchFile(file.url, signal);
  const content = await file.tree.read(file.path, { maxBytes: maxFileBytes, signal });
  if (!content) throw fileNotFound(file.path, 'value file');
  return content;
}

async function placeFileParameters(context: RenderContext, home: string): Promise<{ name: string; file: GivenFile }[]> {
  const { source, environment, references, signal } = context;
  const placed: { name: string; file: GivenFile }[] = [];
  for (const { name = '', path: given = '' } of source.helm?.fileParameters ?? []) {
    const text = isReference(given, references) ? given : environment.substitute(given);
    const { tree, path } = resolveSourceFile(context, text, 'file parameter');
    const content = await tree.read(path, { maxBytes: maxFileBytes, signal });
    if (!content) throw fileNotFound(path, 'file parameter');
    const disk = join(home, `parameter-${placed.length}`);
    await writeFile(disk, content);
    placed.push({ name, file: { disk, shown: path } });
  }
  return placed;
}
