import type { ApplicationSource } from '#core/api';
import type { SourceType } from '#core/contracts';
import { detectSourceType, explicitSourceType, permittedSourceType } from './detect-source-type.ts';
import { pathNotFound, renderLimit } from './manifest-errors.ts';
import { discoverPlugin } from './plugin/discover-plugin.ts';
import { readSourceOverrides } from './read-source-overrides.ts';
import { renderers } from './registry.ts';
import type { RenderContext, RenderedSource } from './render-context.ts';

export interface SourceResult extends RenderedSource {
  readonly type: SourceType;
}

const maxObjects = 20_000;

/** Renders one source: lays the overrides of its directory over it, finds its type, runs that renderer. */
export async function renderSource(given: RenderContext): Promise<SourceResult> {
  const { tree, path, appName, signal } = given;
  const names = (await tree.list(path, signal))?.map(({ name }) => name);
  if (!names) throw pathNotFound(given.source.path ?? path);
  const source = await readSourceOverrides(given.source, { tree, path, appName, signal });
  const context = { ...given, source };
  const type = await chooseType(context, source, names);
  const rendered = await renderers[type].render(context);
  if (rendered.objects.length > maxObjects)
    throw renderLimit(`The source renders to ${rendered.objects.length} objects; at most ${maxObjects} are allowed.`);
  return { ...rendered, type };
}

async function chooseType(
  context: RenderContext,
  source: ApplicationSource,
  names: readonly string[],
): Promise<SourceType> {
  const { settings } = context;
  if (source.chart) {
    explicitSourceType(source);
    return 'Helm';
  }
  // An empty plug-in section asks for discovery.
  const stated = explicitSourceType(source) ?? (source.plugin ? 'Plugin' : undefined);
  if (stated) return permittedSourceType(stated, settings);
  if (await discoverPlugin(context)) return 'Plugin';
  return detectSourceType(names, settings);
}
