import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WindlassError } from '#base/errors';
import { parseSemver, parseSemverConstraint } from '#base/semver-constraint';
import { invalidSource } from '../manifest-errors.ts';
import type { RenderContext } from '../render-context.ts';
import { joinPath, resolvePath } from '../source-path.ts';
import { writeSubtree } from '../write-subtree.ts';
import { parseDependencies } from './parse-chart.ts';
import type { DeclaredDependency } from './parse-chart.ts';

const maxBytes = 2 * 1024 * 1024;

/**
 * A directory with the chart and all its dependencies. Where they are all in `charts/` that is the shared, immutable one;
 * otherwise a copy into which the missing ones are put. Helm itself never fetches anything, and needs no network.
 */
export async function prepareChart(context: RenderContext): Promise<string> {
  const { tree, path, tools, signal } = context;
  const missing = await findMissing(context);
  if (missing.length === 0) return tree.materialise(path, signal);
  await tree.recordSubtree(path, signal);
  const root = await tools.scratch();
  await writeSubtree(tree, path, root, signal);
  const charts = join(root, path, 'charts');
  await mkdir(charts, { recursive: true });
  const locked = await readLock(context);
  for (const dependency of missing) await addDependency(context, lockedVersion(dependency, locked), { charts });
  return join(root, path);
}

async function findMissing(context: RenderContext): Promise<DeclaredDependency[]> {
  const { tree, path, signal } = context;
  const declared = await readDependencies(context, ['Chart.yaml', 'requirements.yaml']);
  if (declared.length === 0) return [];
  const present = (await tree.list(joinPath(path, 'charts'), signal)) ?? [];
  const names = new Set<string>();
  for (const { name, type } of present) {
    if (type === 'file') names.add(/^(.+?)-v?\d+\.\d+.*\.tgz$/.exec(name)?.[1] ?? '');
    else names.add(name);
  }
  return declared.filter(({ name }) => !names.has(name));
}

async function readLock(context: RenderContext): Promise<readonly DeclaredDependency[]> {
  return readDependencies(context, ['Chart.lock', 'requirements.lock']);
}

async function readDependencies(
  { tree, path, signal }: RenderContext,
  files: readonly string[],
): Promise<DeclaredDependency[]> {
  for (const name of files) {
    const file = joinPath(path, name);
    if (!(await tree.entry(file, signal))) continue;
    const content = await tree.read(file, { maxBytes, signal });
    const dependencies = parseDependencies(Buffer.from(content ?? []).toString('utf8'), file);
    if (dependencies.length > 0) return dependencies;
  }
  return [];
}

/** The version that the lock file names. Throws HELM_LOCK_OUTDATED when it does not fit what the chart asks for. */
function lockedVersion(wanted: DeclaredDependency, locked: readonly DeclaredDependency[]): DeclaredDependency {
  if (locked.length === 0) return wanted;
  const lock = locked.find(
    ({ name, repository }) => name === wanted.name && sameRepository(repository, wanted.repository),
  );
  const version = lock && parseSemver(lock.version);
  const isWanted = parseSemverConstraint(wanted.version);
  if (lock && version && (!isWanted || isWanted(version))) return { ...wanted, version: lock.version };
  throw new WindlassError({
    code: 'HELM_LOCK_OUTDATED',
    kind: 'InvalidInput',
    message: `The lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml) for "${wanted.name}".`,
    hint: 'Run "helm dependency update" on the chart and commit Chart.lock.',
  });
}

function sameRepository(left: string, right: string): boolean {
  return left.replace(/\/+$/, '') === right.replace(/\/+$/, '');
}

async function addDependency(
  context: RenderContext,
  dependency: DeclaredDependency,
  target: { readonly charts: string },
): Promise<void> {
  const { tree, path, tools, signal } = context;
  const { name, repository } = dependency;
  if (repository === '') throw dependencyMissing(name);
  if (!repository.startsWith('file://')) {
    const { file, version } = await tools.fetchChart(dependency, signal);
    return copyFile(file, join(target.charts, `${name}-${version}.tgz`));
  }
  const local = resolvePath(path, repository.slice('file://'.length).replace(/^\/+(?=\.)/, ''), 'chart dependency');
  if ((await tree.list(local, signal)) === undefined)
    throw invalidSource(`The dependency "${name}" of the chart is to be at "${local}", and nothing is there.`, 'path');
  await tree.recordSubtree(local, signal);
  const aside = await tools.scratch();
  await writeSubtree(tree, local, aside, signal);
  await cp(join(aside, local), join(target.charts, name), { recursive: true });
}

function dependencyMissing(name: string): WindlassError {
  return new WindlassError({
    code: 'HELM_DEPENDENCY_MISSING',
    kind: 'InvalidInput',
    message: `An error occurred while checking for chart dependencies: found in Chart.yaml, but missing in charts/ directory: ${name}`,
    hint: 'Name the repository of the dependency in Chart.yaml, or commit the packed chart to charts/.',
  });
}
