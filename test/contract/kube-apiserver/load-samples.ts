import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Sample {
  /** "plural.group". */
  readonly key: string;
  readonly resource: string;
  readonly group: string;
  readonly namespaced: boolean;
  /** Collection path, in the namespace when there is one. */
  readonly path: string;
  readonly object: Record<string, unknown>;
}

const clusterScoped = new Set(
  `namespaces nodes persistentvolumes apiservices.apiregistration.k8s.io certificatesigningrequests.certificates.k8s.io
  ingressclasses.networking.k8s.io ipaddresses.networking.k8s.io servicecidrs.networking.k8s.io
  clusterrolebindings.rbac.authorization.k8s.io clusterroles.rbac.authorization.k8s.io csidrivers.storage.k8s.io
  csinodes.storage.k8s.io storageclasses.storage.k8s.io volumeattachments.storage.k8s.io
  volumeattributesclasses.storage.k8s.io mutatingadmissionpolicies.admissionregistration.k8s.io
  mutatingadmissionpolicybindings.admissionregistration.k8s.io mutatingwebhookconfigurations.admissionregistration.k8s.io
  validatingadmissionpolicies.admissionregistration.k8s.io validatingadmissionpolicybindings.admissionregistration.k8s.io
  validatingwebhookconfigurations.admissionregistration.k8s.io customresourcedefinitions.apiextensions.k8s.io
  priorityclasses.scheduling.k8s.io runtimeclasses.node.k8s.io deviceclasses.resource.k8s.io
  resourceslices.resource.k8s.io flowschemas.flowcontrol.apiserver.k8s.io
  prioritylevelconfigurations.flowcontrol.apiserver.k8s.io`.split(/\s+/),
);

/** A certificate signing request for CN=sample, which no signer will ever sign. */
const certificateRequest = readFileSync(join(import.meta.dirname, 'sample.csr')).toString('base64');

/** The sample objects with the namespace filled in. */
export function loadSamples(namespace: string): readonly Sample[] {
  const text = readFileSync(join(import.meta.dirname, 'samples.yaml'), 'utf8')
    .replaceAll('$NS', namespace)
    .replaceAll('$CSR', certificateRequest);
  return Object.entries(parse(text) as Record<string, Record<string, unknown>>).map(([key, object]) => {
    const dot = key.indexOf('.');
    const resource = dot < 0 ? key : key.slice(0, dot);
    const group = dot < 0 ? '' : key.slice(dot + 1);
    const namespaced = !clusterScoped.has(key);
    const root = group === '' ? '/api/v1' : `/apis/${String(object['apiVersion'])}`;
    const path = namespaced ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
    return { key, resource, group, namespaced, path, object };
  });
}
