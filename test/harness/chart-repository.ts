import { createHash } from 'node:crypto';
import { startHttpServer } from './http-server.ts';
import type { HttpServerOptions, HttpTestServer } from './http-server.ts';
import { buildTarball } from './tarball.ts';

export interface TestChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  /** Files below the chart's folder. `Chart.yaml` is made when absent. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

export interface ChartRepository extends HttpTestServer {
  addChart(chart: TestChart): void;
  /** Adds a packed chart as it is. */
  addPackage(chart: Pick<TestChart, 'name' | 'version' | 'appVersion'>, tarball: Uint8Array): void;
}

/** A classic Helm repository on loopback: `index.yaml` and packed charts. */
export async function startChartRepository(options: HttpServerOptions = {}): Promise<ChartRepository> {
  const packages = new Map<string, Uint8Array>();
  const entries: Record<string, Record<string, unknown>[]> = {};
  const server = await startHttpServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
    const tarball = packages.get(path);
    if (path === 'index.yaml') {
      // JSON is YAML.
      const index = { apiVersion: 'v1', generated: '2026-01-01T00:00:00Z', entries };
      response.writeHead(200, { 'content-type': 'text/yaml' }).end(JSON.stringify(index, undefined, 2));
    } else if (tarball) response.writeHead(200, { 'content-type': 'application/gzip' }).end(tarball);
    else response.writeHead(404).end();
  }, options);
  const addPackage: ChartRepository['addPackage'] = ({ name, version, appVersion }, tarball) => {
    const file = `${name}-${version}.tgz`;
    packages.set(file, tarball);
    const digest = createHash('sha256').update(tarball).digest('hex');
    const more = appVersion === undefined ? {} : { appVersion };
    const entry = { apiVersion: 'v2', name, version, ...more, digest, urls: [file], created: '2026-01-01T00:00:00Z' };
    entries[name] = [entry, ...(entries[name] ?? [])];
  };
  return Object.assign(server, {
    addPackage,
    addChart: (chart: TestChart) => addPackage(chart, packChart(chart)),
  });
}

/** A chart as `helm package` would pack it. */
export function packChart({ name, version, appVersion = version, files = {} }: TestChart): Buffer {
  const chartYaml = `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "${appVersion}"\n`;
  return buildTarball({ 'Chart.yaml': chartYaml, ...files }, name);
}
