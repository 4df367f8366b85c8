import type { Container, EnvVar, Pod } from '../../controllers/kinds/pod.ts';

/** Where values come from: ConfigMaps and Secrets of the pod's namespace. Undefined when there is no such object. */
export interface ValueSources {
  configMap(name: string): Readonly<Record<string, string>> | undefined;
  secret(name: string): Readonly<Record<string, string>> | undefined;
}

export type Environment = { readonly variables: Readonly<Record<string, string>> } | { readonly problem: string };

/** A container's environment as a kubelet builds it, or why it cannot be built. */
export function resolveEnvironment(pod: Pod, container: Container, sources: ValueSources): Environment {
  const variables: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef;
    if (!ref) continue;
    const found = configMapRef ? sources.configMap(ref.name) : sources.secret(ref.name);
    if (!found && !ref.optional) return { problem: `${configMapRef ? 'configmap' : 'secret'} "${ref.name}" not found` };
    for (const [key, value] of Object.entries(found ?? {})) variables[prefix + key] = value;
  }
  for (const entry of container.env ?? []) {
    const value = resolveValue(pod, entry, sources);
    if (value && 'problem' in value) return value;
    if (value) variables[entry.name] = entry.value === undefined ? value.text : expandReferences(value.text, variables);
  }
  return { variables };
}

function resolveValue(
  pod: Pod,
  { value = '', valueFrom }: EnvVar,
  sources: ValueSources,
): { text: string } | { problem: string } | undefined {
  if (!valueFrom) return { text: value };
  if (valueFrom.fieldRef) return { text: fieldValue(pod, valueFrom.fieldRef.fieldPath) };
  const ref = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
  if (!ref) return { text: '' };
  const isConfigMap = valueFrom.configMapKeyRef !== undefined;
  const found = isConfigMap ? sources.configMap(ref.name) : sources.secret(ref.name);
  const text = found?.[ref.key];
  if (text !== undefined) return { text };
  if (ref.optional) return undefined;
  const kind = isConfigMap ? 'configmap' : 'secret';
  if (!found) return { problem: `${kind} "${ref.name}" not found` };
  const holder = isConfigMap ? 'ConfigMap' : 'Secret';
  return { problem: `couldn't find key ${ref.key} in ${holder} ${pod.metadata.namespace ?? ''}/${ref.name}` };
}

/** The downward API's fields. */
function fieldValue(pod: Pod, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  const fields: Readonly<Record<string, unknown>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'spec.serviceAccountName': pod.spec['serviceAccountName'],
    'status.hostIP': pod.status?.hostIP,
    'status.podIP': pod.status?.podIP,
    'status.podIPs': pod.status?.podIPs?.map(({ ip }) => ip).join(','),
  };
  const value = fields[path];
  return typeof value === 'string' ? value : '';
}

/** Replaces `$(NAME)` by a variable that is known; `$$(NAME)` stands for itself. */
export function expandReferences(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? whole),
  );
}

/** Why a ConfigMap or Secret volume of the pod cannot be mounted; undefined when all can. */
export function missingVolume(pod: Pod, sources: ValueSources): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const { configMap, secret } = volume as {
      configMap?: { name?: string; optional?: boolean };
      secret?: { secretName?: string; optional?: boolean };
    };
    if (configMap?.name && !configMap.optional && !sources.configMap(configMap.name)) {
      return `MountVolume.SetUp failed for volume "${volume.name}" : configmap "${configMap.name}" not found`;
    }
    if (secret?.secretName && !secret.optional && !sources.secret(secret.secretName)) {
      return `MountVolume.SetUp failed for volume "${volume.name}" : secret "${secret.secretName}" not found`;
    }
  }
  return undefined;
}
