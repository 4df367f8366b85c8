/**
 * Reads what a real Kubernetes API server says about its built-in kinds (discovery, OpenAPI, Table columns) and writes the
 * compact form that the embedded server serves. Field numbers of the protobuf form come from the Go modules k8s.io/api and
 * k8s.io/apimachinery of the same version.   usage: node scripts/generate-kube-schemas.ts KUBECONFIG API_DIR MACHINERY_DIR
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { parse } from 'yaml';

interface Cluster {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

interface DiscoveredResource {
  readonly resource: string;
  readonly scope: string;
  readonly verbs: readonly string[];
}

interface AggregatedDiscovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly DiscoveredResource[] }[];
  }[];
}

interface BootstrapList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly { readonly metadata: Record<string, unknown> }[];
}

const target = join(import.meta.dirname, '../src/components/kube-apiserver/resources/generated');
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

async function main(): Promise<void> {
  const path = process.argv[2];
  if (path === undefined) throw new Error('usage: node scripts/generate-kube-schemas.ts KUBECONFIG');
  const cluster = readKubeconfig(path);
  const version = JSON.parse(await get(cluster, '/version')) as { gitVersion: string };
  const core = JSON.parse(await get(cluster, '/api', aggregated)) as AggregatedDiscovery;
  const groups = JSON.parse(await get(cluster, '/apis', aggregated)) as AggregatedDiscovery;
  writeJson('discovery.json', { generatedBy: 'scripts/generate-kube-schemas.ts', version, core, groups });
  writeJson('table-columns.json', await readTableColumns(cluster, [...core.items, ...groups.items]));
  writeFileSync(join(target, 'openapi-v2.json.br'), compress(Buffer.from(await get(cluster, '/openapi/v2'))));
  await writeOpenApiV3(cluster);
  writeFileSync(
    join(target, 'protobuf-types.json.br'),
    compress(Buffer.from(JSON.stringify(readProtobufTypes(process.argv.slice(3))))),
  );
  writeFileSync(join(target, 'bootstrap.json.br'), compress(Buffer.from(JSON.stringify(await readBootstrap(cluster)))));
  writeFileSync(join(target, 'README.md'), readme(version.gitVersion));
}

function readKubeconfig(path: string): Cluster {
  const config = parse(readFileSync(path, 'utf8')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const cluster = config.clusters[0]?.cluster ?? {};
  const inline = cluster['certificate-authority-data'];
  const ca = inline === undefined ? readFileSync(cluster['certificate-authority'] ?? '', 'utf8') : atob(inline);
  return { server: cluster['server'] ?? '', ca, token: config.users[0]?.user['token'] ?? '' };
}

function get({ server, ca, token }: Cluster, path: string, accept = 'application/json'): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${server}${path}`,
      { ca, headers: { authorization: `Bearer ${token}`, accept } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (answer.statusCode === 200) resolve(text);
          else reject(new Error(`GET ${path} answered ${answer.statusCode}: ${text}`));
        });
      },
    );
    call.on('error', reject);
    call.end();
  });
}

async function readTableColumns(
  cluster: Cluster,
  groups: AggregatedDiscovery['items'],
): Promise<Record<string, unknown>> {
  const columns: Record<string, unknown> = {};
  for (const group of groups) {
    for (const { version, resources } of group.versions) {
      const name = group.metadata.name ?? '';
      const root = name === '' ? `/api/${version}` : `/apis/${name}/${version}`;
      for (const { resource, verbs } of resources) {
        if (!verbs.includes('list')) continue;
        const answer = JSON.parse(await get(cluster, `${root}/${resource}?limit=1`, table)) as Record<string, unknown>;
        columns[`${name}/${version}/${resource}`] = answer['columnDefinitions'];
      }
    }
  }
  return columns;
}

/** What every cluster starts with: the default RBAC rules, flow schemas and priority classes. */
const bootstrapPaths = [
  'rbac.authorization.k8s.io/v1/clusterroles',
  'rbac.authorization.k8s.io/v1/clusterrolebindings',
  'rbac.authorization.k8s.io/v1/roles',
  'rbac.authorization.k8s.io/v1/rolebindings',
  'scheduling.k8s.io/v1/priorityclasses',
  'flowcontrol.apiserver.k8s.io/v1/flowschemas',
  'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
  'networking.k8s.io/v1/servicecidrs',
];

async function readBootstrap(cluster: Cluster): Promise<unknown[]> {
  const objects: unknown[] = [];
  for (const path of bootstrapPaths) {
    const list = JSON.parse(await get(cluster, `/apis/${path}`)) as BootstrapList;
    for (const item of list.items) {
      const {
        uid: _uid,
        resourceVersion: _version,
        creationTimestamp: _time,
        managedFields: _fields,
        ...metadata
      } = item.metadata;
      const kind = list.kind.replace(/List$/, '');
      objects.push({ ...item, apiVersion: list.apiVersion, kind, metadata });
    }
  }
  return objects;
}

/** All documents in one compressed file (they share most schemas), with an index of where each lies. */
async function writeOpenApiV3(cluster: Cluster): Promise<void> {
  const root = JSON.parse(await get(cluster, '/openapi/v3')) as {
    paths: Record<string, { serverRelativeURL: string }>;
  };
  const index: Record<string, { url: string; offset: number; length: number }> = {};
  const documents: Buffer[] = [];
  let offset = 0;
  for (const [path, { serverRelativeURL: url }] of Object.entries(root.paths)) {
    const bytes = Buffer.from(await get(cluster, url));
    index[path] = { url, offset, length: bytes.length };
    documents.push(bytes);
    offset += bytes.length;
  }
  writeJson('openapi-v3.index.json', index);
  writeFileSync(join(target, 'openapi-v3.br'), compress(Buffer.concat(documents)));
}

type ProtobufMessages = Record<string, Record<string, readonly [name: string, type: string, shape: string]>>;

/** The stable messages of `generated.proto` files. Embedded structs, which JSON inlines, get no name. */
function readProtobufTypes(directories: readonly string[]): ProtobufMessages {
  const messages: ProtobufMessages = {};
  const names = publishedFields();
  for (const file of directories.flatMap((directory) => globSync(`${directory}/**/generated.proto`))) {
    if (/(alpha|beta)\d*\/generated/.test(file)) continue;
    const text = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '');
    const root = /^package (.+);$/m.exec(text)?.[1] ?? '';
    for (const [, message = '', body = ''] of text.matchAll(/^message (\w+) \{(.*?)^\}/gms)) {
      const full = `${root}.${message}`;
      messages[full] = Object.fromEntries(parseFields(body, root, names.get(full)));
    }
  }
  return messages;
}

function parseFields(
  body: string,
  root: string,
  published: ReadonlySet<string> | undefined,
): [string, readonly [string, string, string]][] {
  const pattern = /^\s*(optional|repeated|map<string, )\s*([.\w]+)>?\s+(\w+) = (\d+);/gm;
  return [...body.matchAll(pattern)].map(([, label = '', type = '', name = '', number = '']) => {
    const scalar = /^(string|bytes|bool|int32|int64|uint32|double)$/.test(type);
    const full = scalar ? type : type.startsWith('.') ? type.slice(1) : `${root}.${type}`;
    const shape = label === 'optional' ? 'one' : label === 'repeated' ? 'list' : 'map';
    const isInline = !scalar && shape === 'one' && published !== undefined && !published.has(name);
    return [number, [isInline ? '' : name, full, shape]];
  });
}

/** Fields that OpenAPI publishes, by protobuf message name. */
function publishedFields(): Map<string, ReadonlySet<string>> {
  const document = JSON.parse(
    brotliDecompressSync(readFileSync(join(target, 'openapi-v2.json.br'))).toString('utf8'),
  ) as {
    definitions: Record<string, { properties?: Record<string, unknown> }>;
  };
  return new Map(
    Object.entries(document.definitions).map(([name, { properties }]) => [
      name.replace(/^io\.k8s\./, 'k8s.io.'),
      new Set(Object.keys(properties ?? {})),
    ]),
  );
}

function compress(bytes: Buffer): Buffer {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(bytes, { params: { ...params, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(target, name), `${JSON.stringify(value)}\n`);
}

function readme(version: string): string {
  return `# Generated by scripts/generate-kube-schemas.ts: do not edit

What a Kubernetes ${version} API server says about its built-in kinds: discovery, Table columns, OpenAPI v2 and v3.
Kubernetes is Copyright The Kubernetes Authors, licensed under the Apache License 2.0; these files are its API
descriptions, unchanged but compressed (brotli), its protobuf field numbers, and the objects that a cluster starts with.
traits.json is written by test/contract/kube-apiserver/record-traits.ts.
`;
}

await main();
