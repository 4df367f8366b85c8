// Who may import whom. The table is the one that docs/architecture.md draws; a test compares the two.
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Layers from top to bottom; a module imports from layers below its own. */
export const layers = ['cmd', 'components', 'services', 'core', 'libs', 'base'] as const;

/** Arrows inside one layer: module → siblings that it may import. Nothing else inside a layer is allowed. */
export const siblings: Readonly<Record<string, readonly string[]>> = {
  'core/contracts': ['core/api'],
  'core/manifests': ['core/api', 'core/contracts'],
  'libs/helm': ['libs/languages', 'libs/registry'],
  'libs/kustomize': ['libs/helm', 'libs/languages'],
  'libs/registry': [],
  'libs/kube': ['libs/languages'],
  'libs/languages': [],
  'services/projects': ['services/settings'],
  'services/credentials': [],
};

/** Modules that may import less than their layer allows. */
export const only: Readonly<Record<string, readonly string[]>> = {
  'components/kube-apiserver': ['libs/kube', 'libs/languages', 'base'],
  'core/engine': ['libs/kube', 'libs/languages', 'base'],
};

export interface ImportEdge {
  /** Path below src/. */
  readonly file: string;
  readonly specifier: string;
}

/** Why an import breaks the table; undefined when it is fine. */
export function judgeImport({ file, specifier }: ImportEdge): string | undefined {
  const from = moduleOf(file);
  if (specifier.startsWith('.')) {
    const target = relative('.', join(dirname(file), specifier));
    return moduleOf(target) === from
      ? undefined
      : `relative import leaves its module: use the door of "${moduleOf(target)}"`;
  }
  if (!specifier.startsWith('#')) return undefined;
  const to = moduleOf(specifier.slice(1));
  if (to === from) return undefined;
  const [fromLayer, toLayer] = [rank(from), rank(to)];
  if (toLayer < 0) return `"${specifier}" is no module of the product`;
  const allowed = only[from];
  if (allowed && !allowed.some((module) => to === module || to.startsWith(`${module}/`)))
    return `${from} may import only ${allowed.join(', ')}`;
  if (toLayer > fromLayer) return undefined;
  // The composition roots consist of several files that belong together.
  if (fromLayer === 0 && toLayer === 0) return undefined;
  if (toLayer === fromLayer && (fromLayer === layers.length - 1 || siblings[from]?.includes(to))) return undefined;
  return toLayer === fromLayer
    ? `${from} may not import its sibling ${to}`
    : `${from} may not import ${to}: imports go down only`;
}

/** `libs/kube` of `libs/kube/patch/x.ts`; base and cmd are one module each. */
function moduleOf(path: string): string {
  const [layer = '', name = ''] = path.split('/');
  return layer === 'base' || layer === 'cmd' ? layer : `${layer}/${name}`;
}

function rank(module: string): number {
  return layers.indexOf(module.split('/')[0] as (typeof layers)[number]);
}

/** Every import of every source file. */
export function readImports(root: string): ImportEdge[] {
  return globSync('**/*.ts', { cwd: join(root, 'src') })
    .filter((file) => !file.endsWith('.test.ts') && file !== 'main.ts')
    .flatMap((file) =>
      [
        ...readFileSync(join(root, 'src', file), 'utf8').matchAll(
          /^\s*(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
        ),
      ].map((match) => ({ file, specifier: match[1] ?? match[2] ?? '' })),
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
  const edges = readImports(root);
  const broken = edges.flatMap((edge) => {
    const why = judgeImport(edge);
    return why ? [`src/${edge.file}: imports "${edge.specifier}": ${why}`] : [];
  });
  process.stdout.write(broken.length === 0 ? `${edges.length} imports follow the layers\n` : `${broken.join('\n')}\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
