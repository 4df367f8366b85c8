import type { KubeObject } from '#libs/kube';
import { badRequest } from '../answers/api-errors.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Parses `a=b,c!=d`; `\,`, `\=` and `\\` stand for themselves. Throws 400 with the server's words. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^((?:[^=!\\]|\\.)*?)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      return { field, value: unescape(value), equal: operator !== '!=' };
    });
}

function splitTerms(text: string): string[] {
  const terms = [''];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') terms[terms.length - 1] += text.slice(i, ++i + 1);
    else if (text[i] === ',') terms.push('');
    else terms[terms.length - 1] += text[i] as string;
  }
  return terms;
}

function unescape(value: string): string {
  return value.replace(/\\([,=\\])/g, '$1');
}

/** The fields by which the built-in kinds can be selected, beside metadata.name and metadata.namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'events.events.k8s.io': [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'regarding.apiVersion',
    'regarding.resourceVersion',
    'regarding.fieldPath',
    'reason',
    'reportingController',
    'type',
  ],
  secrets: ['type'],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
  'resourceslices.resource.k8s.io': ['spec.nodeName', 'spec.driver'],
};

export function selectableFields(group: string, resource: string): readonly string[] {
  return selectable[group === '' ? resource : `${resource}.${group}`] ?? [];
}

/** Fields that are empty in JSON but have a value for selectors. */
const absentValues: Readonly<Record<string, string>> = {
  'spec.hostNetwork': 'false',
  'spec.unschedulable': 'false',
  'status.successful': '0',
  'status.replicas': '0',
};

export type FieldSelector = (object: KubeObject) => boolean;

/** A predicate for the requirements; throws 400 for a field that cannot be selected by. */
export function compileFieldSelector(
  requirements: readonly FieldRequirement[],
  known: readonly string[],
): FieldSelector | undefined {
  if (requirements.length === 0) return undefined;
  for (const { field } of requirements) checkField(field, known);
  return (object) => requirements.every(({ field, value, equal }) => (fieldText(object, field) === value) === equal);
}

function checkField(field: string, known: readonly string[]): void {
  if (field === 'metadata.name' || field === 'metadata.namespace' || known.includes(field)) return;
  if (known.length > 0) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

function fieldText(object: KubeObject, field: string): string {
  let value: unknown = object;
  const path = field === 'source' ? 'source.component' : field;
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object') return absentValues[field] ?? '';
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
  }
  if (value === undefined || value === null) return absentValues[field] ?? '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
