import { isRecord } from '#base/json';

interface ImageRule {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/**
 * The `images` of a kustomization with `name=newname:tag`, `name:tag`, `name@digest`… laid over them, sorted by name. `*` as
 * new name or tag keeps what is there. Pure.
 */
export function mergeImages(existing: readonly unknown[], given: readonly string[]): unknown[] {
  const images = new Map<string, unknown>();
  for (const image of existing) if (isRecord(image)) images.set(String(image['name']), image);
  for (const text of given) {
    const rule = parseImageRule(text);
    images.set(rule.name, keepStars(rule, images.get(rule.name)));
  }
  return [...images].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image);
}

function parseImageRule(text: string): ImageRule {
  const equals = text.indexOf('=');
  if (equals >= 0) {
    const { name, ...version } = splitImage(text.slice(equals + 1));
    return { name: text.slice(0, equals), newName: name, ...version };
  }
  return splitImage(text);
}

function splitImage(text: string): { name: string; newTag?: string; digest?: string } {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon before a slash is a registry's port.
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  if (at >= 0) return { name, digest: text.slice(at + 1) };
  return hasTag ? { name, newTag: named.slice(colon + 1) } : { name };
}

function keepStars(rule: ImageRule, existing: unknown): unknown {
  const before = isRecord(existing) ? existing : {};
  const { newName, newTag, ...rest } = rule;
  const name = newName === '*' ? before['newName'] : newName;
  const tag = newTag === '*' ? before['newTag'] : newTag;
  return { ...rest, ...(name === undefined ? {} : { newName: name }), ...(tag === undefined ? {} : { newTag: tag }) };
}
