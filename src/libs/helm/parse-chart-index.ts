import { isRecord } from '#base/json';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { repositoryProblem } from './chart-errors.ts';

export interface ChartVersion {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly description?: string;
  /** SHA-256 of the packed chart, lower-case hex. */
  readonly digest?: string;
  readonly urls: readonly string[];
}

export interface ChartIndex {
  readonly charts: ReadonlyMap<string, readonly ChartVersion[]>;
}

/** The biggest public indexes have millions of nodes. */
const limits = { maxBytes: 100 * 1024 * 1024, maxNodes: 30_000_000 } as const;

/** Reads an `index.yaml`; versions that are malformed are left out, as Helm does. Pure. */
export function parseChartIndex(text: string, url: string): ChartIndex {
  const value = isJson(text)
    ? parseJson(text, url)
    : parseYamlDocuments(text, { file: 'index.yaml', limits })[0]?.value;
  if (!isRecord(value) || !isRecord(value['entries'] ?? {}))
    throw repositoryProblem(url, 'its index.yaml is malformed');
  const charts = new Map<string, ChartVersion[]>();
  for (const [name, versions] of Object.entries((value['entries'] ?? {}) as Record<string, unknown>)) {
    if (Array.isArray(versions))
      charts.set(
        name,
        versions.flatMap((version: unknown) => parseVersion(name, version)),
      );
  }
  return { charts };
}

function parseVersion(name: string, value: unknown): ChartVersion[] {
  if (!isRecord(value)) return [];
  const { version, appVersion, description, digest, urls } = value;
  if (typeof version !== 'string' || version === '' || value['name'] !== name) return [];
  return [
    {
      name,
      version,
      urls: Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [],
      ...(typeof appVersion === 'string' ? { appVersion } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(typeof digest === 'string' && digest !== '' ? { digest: digest.replace(/^sha256:/, '').toLowerCase() } : {}),
    },
  ];
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw repositoryProblem(url, 'its index.yaml is malformed', error);
  }
}
