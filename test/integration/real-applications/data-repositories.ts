import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import { startChartRepository, startGitServer } from '#harness';
import type { FileContent } from '#harness';
import { leftOutChildren } from './applications.ts';
import type { RealApplication } from './applications.ts';

/** Where the sources of the list are served during a run. */
export interface DataRepositories extends AsyncDisposable {
  readonly urlOf: (repository: RealApplication['repository']) => string;
}

type Files = Record<string, FileContent>;

/** The data's folders as repositories on a Git server, and the chart repository that one of them depends on. */
export async function serveData(dataDir: string): Promise<DataRepositories> {
  const stack = new AsyncDisposableStack();
  const git = stack.use(await startGitServer());
  const charts = stack.use(await startChartRepository());
  charts.addChart(standInWordpress);
  const urls = {
    'argocd-example-apps': `${git.url}/argocd-example-apps.git`,
    podinfo: `${git.url}/podinfo.git`,
    charts: `${git.url}/charts.git`,
  };
  for (const folder of ['argocd-example-apps', 'podinfo', 'charts'] as const) {
    const files = await readFiles(join(dataDir, folder));
    const repository = await git.createRepository(folder, adapt(files, { charts: charts.url, examples: urls[folder] }));
    // The app of apps asks for the branch that its original has.
    await repository.branch('master');
  }
  return {
    urlOf: (repository) => urls[repository],
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function readFiles(root: string): Promise<Files> {
  const files: Files = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[relative(root, path)] = await readFile(path);
  }
  return files;
}

/** Points to local servers what points to the internet; everything else stays as it was published. */
function adapt(files: Files, urls: { readonly charts: string; readonly examples: string }): Files {
  const edits: Record<string, (document: Document) => void> = {
    'helm-dependency/Chart.yaml': (chart) => {
      for (const dependency of chart.dependencies ?? []) dependency.repository = urls.charts;
    },
    'apps/values.yaml': (values) => {
      if (values.config) values.config.spec.source.repoURL = urls.examples;
      values.applications = (values.applications ?? []).filter(({ name }) => !leftOutChildren.includes(name));
    },
  };
  const adapted = { ...files };
  for (const [path, edit] of Object.entries(edits)) {
    const content = files[path];
    if (!(content instanceof Uint8Array)) continue;
    const document = parse(Buffer.from(content).toString('utf8')) as Document;
    edit(document);
    adapted[path] = stringify(document);
  }
  return adapted;
}

/** The fields of the two adapted documents that matter here. */
interface Document {
  dependencies?: { repository: string }[];
  config?: { spec: { source: { repoURL: string } } };
  applications?: { name: string }[];
}

const standInWordpress = {
  name: 'wordpress',
  version: '9.0.3',
  files: {
    'values.yaml': 'image: {tag: "5.3.2"}\nmariadb: {enabled: true}\nwordpressPassword: ""\n',
    'templates/wordpress.yaml': [
      'apiVersion: v1',
      'kind: Secret',
      'metadata: {name: "{{ .Release.Name }}-wordpress"}',
      'stringData: {password: {{ .Values.wordpressPassword | quote }}}',
      '---',
      'apiVersion: v1',
      'kind: Service',
      'metadata: {name: "{{ .Release.Name }}-wordpress"}',
      'spec: {selector: {app: wordpress}, ports: [{name: http, port: 80, targetPort: 8080}]}',
      '---',
      'apiVersion: apps/v1',
      'kind: Deployment',
      'metadata: {name: "{{ .Release.Name }}-wordpress"}',
      'spec:',
      '  selector: {matchLabels: {app: wordpress}}',
      '  template:',
      '    metadata: {labels: {app: wordpress}}',
      '    spec:',
      '      containers:',
      '      - name: wordpress',
      '        image: "docker.io/bitnami/wordpress:{{ .Values.image.tag }}"',
      '        env: [{name: MARIADB, value: {{ .Values.mariadb.enabled | quote }}}]',
      '',
    ].join('\n'),
  },
};
