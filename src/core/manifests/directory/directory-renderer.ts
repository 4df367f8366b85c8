import { WindlassError } from '#base/errors';
import { renderLimit } from '../manifest-errors.ts';
import type { RenderContext, RenderedSource, Renderer } from '../render-context.ts';
import type { RenderedObject } from '../rendered-object.ts';
import { listManifestFiles } from './list-manifest-files.ts';
import { parseManifestFile } from './parse-manifest-file.ts';
import { renderJsonnet } from './render-jsonnet.ts';

const filesAtOnce = 64;

/** Plain manifests and Jsonnet. */
export const directoryRenderer: Renderer = Object.freeze({ type: 'Directory', render });

async function render(context: RenderContext): Promise<RenderedSource> {
  const { source, settings, tree, path, signal } = context;
  const directory = source.directory ?? {};
  const includeHidden = settings.includeHiddenDirectories;
  const files = await listManifestFiles(tree, path, { directory, includeHidden, signal });
  const isJsonnet = (file: string) => /\.jsonnet$/i.test(file);
  const contents = await readFiles(
    context,
    files.filter((file) => !isJsonnet(file)),
  );
  const objects: RenderedObject[] = [];
  const commands: string[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    if (!isJsonnet(file)) {
      const parsed = parseManifestFile(contents.get(file) ?? '', file);
      objects.push(...parsed.objects);
      if (parsed.skipped !== undefined) warnings.push(`Left out: ${parsed.skipped}.`);
    } else if (settings.jsonnetEnabled) {
      const rendered = await renderJsonnet(context, file);
      objects.push(...rendered.objects);
      commands.push(rendered.command);
    } else warnings.push(`Left out: "${file}", because Jsonnet is switched off.`);
  }
  return { objects, commands, warnings };
}

async function readFiles(
  { tree, settings, signal, path }: RenderContext,
  files: readonly string[],
): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  const limit = settings.maxDirectoryBytes;
  let bytes = 0;
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const chunk = files.slice(at, at + filesAtOnce);
    const read = await Promise.all(chunk.map((file) => tree.read(file, { maxBytes: limit, signal }).catch(asLimit)));
    for (const [i, file] of chunk.entries()) {
      const content = read[i];
      bytes += content?.length ?? 0;
      if (bytes > limit) throw tooLarge(path, limit);
      // A link to a directory has no content and is not followed.
      if (content) contents.set(file, Buffer.from(content).toString('utf8'));
    }
  }
  return contents;

  function asLimit(error: unknown): never {
    throw error instanceof WindlassError && error.code === 'TREE_FILE_TOO_LARGE' ? tooLarge(path, limit) : error;
  }
}

function tooLarge(path: string, limit: number): WindlassError {
  return renderLimit(
    `The manifests in "${path || '.'}" exceed the maximum combined size of a directory, ${limit} bytes (reposerver.max.combined.directory.manifests.size).`,
  );
}
