import { randomUUID } from 'node:crypto';
import { isRecord } from '#base/json';
import type { Application } from '#core/api';
import {
  compareResources,
  instanceName,
  isHook,
  normalizeDesired,
  ownerInstanceOf,
  prepareIgnoreRules,
  setTracking,
} from '#core/engine';
import type { Comparison, FieldDifference } from '#core/engine';
import { formatApiVersion, formatResourceKey, gvkOf, resourceKeyOf } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceKey } from '#libs/kube';
import { OpenApiSchemas } from '#libs/kube/schema';
import type { ApplicationSettings } from '#services/settings';
import type { DesiredQuery, ResourceComparison } from '../session.ts';
import type { CoreContext } from './core-context.ts';
import { fetchManifests } from './desired-manifests.ts';
import type { DestinationClients } from './destination-clients.ts';
import { fetchByKey, keyOfRow } from './live-objects.ts';
import type { WantedObject } from './live-objects.ts';
import { maskSecret, maskValue } from './mask-secret.ts';

export interface CompareApplicationInput {
  readonly application: Application;
  readonly query: DesiredQuery;
  readonly settings: ApplicationSettings;
}

/** Every resource of an application, Git against cluster, as the controller compares them. */
export async function compareApplication(
  context: CoreContext,
  destinations: DestinationClients,
  { application, query, settings }: CompareApplicationInput,
): Promise<readonly ResourceComparison[]> {
  const client = await destinations.of(application);
  const { objects } = await fetchManifests(context, destinations, { application, query });
  const desired = await placeAll(client, objects, { application, settings, controlNamespace: context.namespace });
  const live = await fetchByKey(client, wantedObjects(application, desired), context.signal);
  const schemas = await loadSchemas(client, [...desired.values(), ...live.values()], context.signal);
  const rules = prepareIgnoreRules(
    [...settings.ignoreRules, ...(application.spec.ignoreDifferences ?? [])],
    settings.compare,
  );
  const keys = [...new Set([...desired.keys(), ...live.keys()])].toSorted();
  const inputs = keys.map((key) => {
    const [wanted, found] = [desired.get(key), live.get(key)];
    const subject = wanted ?? found;
    return {
      desired: wanted,
      live: found,
      schema: subject && schemas.schemaFor(gvkOf(subject)),
      rules,
      isSelfReference: found === undefined || (ownerInstanceOf(found, settings.tracking)?.isSelfReference ?? true),
    };
  });
  const comparisons = await compareResources(inputs);
  return inputs.map((input, index) => maskComparison({ ...input, comparison: comparisons[index] as Comparison }));
}

interface Placement {
  readonly application: Application;
  readonly settings: ApplicationSettings;
  readonly controlNamespace: string;
}

/** Rendered objects as they would be applied, by key. Hooks are no part of the desired state. */
async function placeAll(
  client: KubeClient,
  objects: readonly KubeObject[],
  { application, settings, controlNamespace }: Placement,
): Promise<ReadonlyMap<string, KubeObject>> {
  const { name = '', namespace = '' } = application.metadata;
  const destinationNamespace = application.spec.destination.namespace ?? '';
  const target = {
    instance: instanceName({ name, namespace, controlNamespace }),
    config: settings.tracking,
    destinationNamespace,
  };
  const placed = new Map<string, KubeObject>();
  for (const object of objects) {
    if (isHook(object)) continue;
    const type = await client.discovery.find(gvkOf(object));
    const isNamespaced = type?.namespaced ?? true;
    const whole = setTracking(normalizeDesired(object, { isNamespaced, destinationNamespace }), target);
    placed.set(formatResourceKey(resourceKeyOf(whole)), whole);
  }
  return placed;
}

/** Everything that either side names, in Git's version where Git names it. */
function wantedObjects(application: Application, desired: ReadonlyMap<string, KubeObject>): readonly WantedObject[] {
  const rows = (application.status?.resources ?? []).filter((row) => row.hook !== true);
  const known = rows
    .map((row): WantedObject => ({ ...keyOfRow(row), version: row.version }))
    .filter((row) => !desired.has(formatResourceKey(row)));
  const fromGit = [...desired.values()].map((object) => ({ ...resourceKeyOf(object), version: gvkOf(object).version }));
  return [...fromGit, ...known];
}

async function loadSchemas(
  client: KubeClient,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<OpenApiSchemas> {
  const schemas = new OpenApiSchemas();
  const versions = new Set(objects.map((object) => formatApiVersion(gvkOf(object))));
  await Promise.all([...versions].map((version) => schemas.load(client, version, signal)));
  return schemas;
}

interface Compared {
  readonly desired: KubeObject | undefined;
  readonly live: KubeObject | undefined;
  readonly comparison: Comparison;
}

function maskComparison({ desired, live, comparison }: Compared): ResourceComparison {
  const subject = (desired ?? live) as KubeObject;
  const key: ResourceKey = resourceKeyOf(subject);
  if (subject.kind !== 'Secret' || subject.apiVersion !== 'v1') return { key, desired, live, comparison };
  // One salt for both sides, so that people see which values differ; a new one each time, so that nobody can test guesses.
  const salt = randomUUID();
  const mask = (object: KubeObject) => maskValues(maskSecret(object), object, salt);
  const maskField = (difference: FieldDifference): FieldDifference =>
    isSecretField(difference.path)
      ? { ...difference, desired: maskGiven(difference.desired, salt), live: maskGiven(difference.live, salt) }
      : difference;
  return {
    key,
    desired: desired && mask(desired),
    live: live && mask(live),
    comparison: {
      ...comparison,
      differences: comparison.differences.map(maskField),
      ignored: comparison.ignored.map(maskField),
      ...(comparison.predicted === undefined ? {} : { predicted: mask(comparison.predicted) }),
    },
  };
}

/** Values, and the annotation in which client-side apply keeps them. */
function isSecretField(path: string): boolean {
  return (
    /^\.(data|stringData)\b/.test(path) ||
    path === '.metadata.annotations' ||
    path.includes('last-applied-configuration')
  );
}

function maskValues(masked: KubeObject, object: KubeObject, salt: string): KubeObject {
  const { data } = object;
  if (!isRecord(data)) return masked;
  const values = Object.entries(data).map(([key, value]) => [key, maskValue(value, salt)] as const);
  return { ...masked, data: Object.fromEntries(values) };
}

function maskGiven(value: unknown, salt: string): unknown {
  return value === undefined ? undefined : maskValue(value, salt);
}
