import { readFileSync } from 'node:fs';
import { cloneJson } from '#base/json';
import type { KubeObject } from '#libs/kube';
import { loadAll } from 'js-yaml';
import type { ControlPlane } from './control-plane.ts';

function read(file: string): readonly KubeObject[] {
  return (loadAll(readFileSync(new URL(file, import.meta.url), 'utf8')) as (KubeObject | null)[]).filter(
    (one) => one !== null,
  );
}

export const samples: readonly KubeObject[] = read('./samples.yaml');
export const testCrds: readonly KubeObject[] = read('./crds.yaml');

/** The sample under its own name; some kinds have names that say what they hold. */
export function named(sample: KubeObject, index: number): KubeObject {
  const object = cloneJson(sample);
  object.metadata.name = `${sample.kind.toLowerCase()}-${index}`;
  const spec = object['spec'] as Record<string, unknown> | undefined;
  if (object.kind === 'CSIDriver') object.metadata.name = `sample${index}.example.com`;
  if (object.kind === 'IPAddress') object.metadata.name = `10.98.1.${index + 10}`;
  if (object.kind === 'APIService' && spec !== undefined) {
    spec['group'] = `sample${index}.example.invalid`;
    object.metadata.name = `v1.sample${index}.example.invalid`;
  }
  if (object.kind === 'CustomResourceDefinition' && spec !== undefined) {
    spec['names'] = {
      ...(spec['names'] as object),
      plural: `thing${index}s`,
      kind: `Thing${index}`,
      shortNames: [`t${index}`],
    };
    object.metadata.name = `thing${index}s.sample.example.com`;
  }
  return object;
}

export interface Endpoint {
  readonly collection: string;
  readonly namespaced: boolean;
}

/** Where a kind is served, from discovery. */
export async function findEndpoint(server: ControlPlane, { apiVersion, kind }: KubeObject): Promise<Endpoint> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { body } = await server.send('GET', root);
  const resources = body['resources'] as { name: string; kind: string; namespaced: boolean }[];
  const found = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served.`);
  return {
    collection: `${root}${found.namespaced ? '/namespaces/default' : ''}/${found.name}`,
    namespaced: found.namespaced,
  };
}
