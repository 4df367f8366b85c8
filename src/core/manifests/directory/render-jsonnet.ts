import { posix } from 'node:path';
import { parseExact } from '#base/json';
import type { JsonnetVar } from '#core/api';
import { findImports, runJsonnet } from '#libs/languages/jsonnet';
import type { JsonnetVariable } from '#libs/languages/jsonnet';
import { outsideRepository, renderLimit } from '../manifest-errors.ts';
import type { RenderContext } from '../render-context.ts';
import type { RenderedObject } from '../rendered-object.ts';
import { resolvePath } from '../source-path.ts';
import { toObjects } from '../to-objects.ts';
import { writeTreeFile } from '../write-subtree.ts';

const maxImports = 2000;
const maxBytes = 10 * 1024 * 1024;

/** The objects that a Jsonnet file evaluates to: one, or a list of them (`compatibility.md` a.5). */
export async function renderJsonnet(
  context: RenderContext,
  file: string,
): Promise<{ readonly objects: readonly RenderedObject[]; readonly command: string }> {
  const { tree, source, tools, environment, signal } = context;
  const { libs = [], extVars = [], tlas = [] } = source.directory?.jsonnet ?? {};
  const libraries = libs.map((library) => resolvePath('', library, 'directory.jsonnet.libs'));
  const program = await tools.jsonnet();
  const root = await tools.scratch();
  for (const path of await collectFiles(context, file, libraries)) await writeTreeFile(tree, path, root, signal);
  const variables = (list: readonly JsonnetVar[]): JsonnetVariable[] =>
    list.map(({ name, value, code = false }) => ({ name, value: environment.substitute(value), code }));
  const { clock, confinement } = tools;
  const run = { program, clock, confinement, root, signal, onStart: () => tools.onStart('jsonnet') };
  const output = await runJsonnet(run, { file, libraries, extVars: variables(extVars), tlas: variables(tlas) });
  const value = parseExact(output);
  const values = Array.isArray(value) ? value : [value];
  return { objects: values.flatMap((one) => toObjects(one, { file })), command: `jsonnet ${file}` };
}

/**
 * The file and everything that it imports, directly or not. Imports are literals, so all of them are seen before anything
 * runs; one that leads out of the repository fails the render.
 */
async function collectFiles(context: RenderContext, file: string, libraries: readonly string[]): Promise<Set<string>> {
  const { tree, signal } = context;
  const found = new Set<string>([file]);
  for (const path of found) {
    if (found.size > maxImports) throw renderLimit(`"${file}" imports more than ${maxImports} files.`, file);
    const content = await tree.read(path, { maxBytes, signal });
    if (!content || /\.(json|ya?ml)$/i.test(path)) continue;
    for (const { path: target } of findImports(Buffer.from(content).toString('utf8'))) {
      if (target.startsWith('/')) throw outsideRepository(target, `import in ${path}`);
      for (const folder of [posix.dirname(`/${path}`).slice(1), ...libraries]) {
        const candidate = resolvePath(folder, target || '.', `import in ${path}`);
        const entry = await tree.entry(candidate, signal);
        if (entry && entry.type !== 'directory') {
          found.add(candidate);
          break;
        }
      }
    }
  }
  return found;
}
