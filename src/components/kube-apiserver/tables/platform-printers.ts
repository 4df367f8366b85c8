import type { Fields } from '../registry/strategies/fields.ts';
import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { formatLabelSelector } from '../validation/selectors.ts';
import { formatDuration } from './human-duration.ts';
import type { Printer } from './printer.ts';
import { ageOf, nameOf, none, numberOf, orNone } from './printer.ts';

export const printIngress: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const hosts = listOf(spec, 'rules').map((rule) => textOf(rule, 'host') || '*');
  const addresses = listOf(fieldsOf(fieldsOf(object, 'status'), 'loadBalancer'), 'ingress').map(
    (one) => textOf(one, 'ip') || textOf(one, 'hostname'),
  );
  const shown = hosts.slice(0, 3).join(',');
  return [
    nameOf(object),
    orNone(textOf(spec, 'ingressClassName') || (object.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '')),
    hosts.length === 0 ? '*' : `${shown}${hosts.length > 3 ? ` + ${hosts.length - 3} more...` : ''}`,
    addresses.join(','),
    listOf(spec, 'tls').length > 0 ? '80, 443' : '80',
    ageOf(object, now),
  ];
};

export const printIngressClass: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const { apiGroup, kind, name } = fieldsOf(spec, 'parameters');
  const parameters =
    kind === undefined
      ? none
      : `${asText(kind)}${apiGroup === undefined ? '' : `.${asText(apiGroup)}`}/${asText(name)}`;
  return [nameOf(object), textOf(spec, 'controller'), parameters, ageOf(object, now)];
};

export const printNetworkPolicy: Printer = (object, now) => [
  nameOf(object),
  orNone(formatLabelSelector(fieldsOf(fieldsOf(object, 'spec'), 'podSelector'))),
  ageOf(object, now),
];

export const printServiceCidr: Printer = (object, now) => [
  nameOf(object),
  ((fieldsOf(object, 'spec')['cidrs'] as string[] | undefined) ?? []).join(','),
  ageOf(object, now),
];

export const printIpAddress: Printer = (object, now) => {
  const { group, resource, namespace, name } = fieldsOf(fieldsOf(object, 'spec'), 'parentRef');
  return [
    nameOf(object),
    [group, resource, namespace, name].filter((one) => typeof one === 'string' && one !== '').join('/'),
    ageOf(object, now), // A cell without a column, as the real server sends it.
  ];
};

export const printEndpointSlice: Printer = (object, now) => {
  const ports = listOf(object, 'ports').map(({ port }) => (port === undefined ? '*' : asText(port)));
  const addresses = listOf(object, 'endpoints').flatMap((one) => (one['addresses'] as string[] | undefined) ?? []);
  return [
    nameOf(object),
    textOf(object, 'addressType'),
    shorten(ports, '<unset>'),
    shorten(addresses, '<unset>'),
    ageOf(object, now),
  ];
};

function shorten(list: readonly string[], empty: string): string {
  if (list.length === 0) return empty;
  return `${list.slice(0, 3).join(',')}${list.length > 3 ? ` + ${list.length - 3} more...` : ''}`;
}

export const printRoleBinding: Printer = (object, now) => {
  const role = fieldsOf(object, 'roleRef');
  const subjects = listOf(object, 'subjects');
  const named = (kind: string) =>
    subjects
      .filter((one) => one['kind'] === kind)
      .map((one) => textOf(one, 'name'))
      .join(', ');
  const accounts = subjects
    .filter((one) => one['kind'] === 'ServiceAccount')
    .map((one) => `${textOf(one, 'namespace')}/${textOf(one, 'name')}`);
  return [
    nameOf(object),
    `${textOf(role, 'kind')}/${textOf(role, 'name')}`,
    ageOf(object, now),
    named('User'),
    named('Group'),
    accounts.join(', '),
  ];
};

export const printStorageClass: Printer = (object, now) => {
  const isDefault = object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  return [
    isDefault ? `${nameOf(object)} (default)` : nameOf(object),
    textOf(object, 'provisioner'),
    textOf(object, 'reclaimPolicy') || 'Delete',
    textOf(object, 'volumeBindingMode') || 'Immediate',
    object['allowVolumeExpansion'] === true,
    ageOf(object, now),
  ];
};

export const printCsiDriver: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const audiences = listOf(spec, 'tokenRequests').map((one) => textOf(one, 'audience'));
  const modes = (spec['volumeLifecycleModes'] as string[] | undefined) ?? [];
  return [
    nameOf(object),
    spec['attachRequired'] !== false,
    spec['podInfoOnMount'] === true,
    spec['storageCapacity'] === true,
    audiences.length === 0 ? '<unset>' : audiences.join(','),
    spec['requiresRepublish'] === true,
    modes.length === 0 ? none : modes.join(','),
    ageOf(object, now),
  ];
};

export const printVolumeAttachment: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const volume = textOf(fieldsOf(spec, 'source'), 'persistentVolumeName');
  return [
    nameOf(object),
    textOf(spec, 'attacher'),
    volume,
    textOf(spec, 'nodeName'),
    fieldsOf(object, 'status')['attached'] === true,
    ageOf(object, now),
  ];
};

export const printSigningRequest: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const seconds = spec['expirationSeconds'];
  return [
    nameOf(object),
    ageOf(object, now),
    orNone(textOf(spec, 'signerName')),
    textOf(spec, 'username'),
    typeof seconds === 'number' ? formatDuration(seconds * 1000) : none,
    signingStatus(object),
  ];
};

function signingStatus(object: Parameters<Printer>[0]): string {
  const status = fieldsOf(object, 'status');
  const types = listOf(status, 'conditions').map((one) => textOf(one, 'type'));
  const text = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return `${text}${failed}${textOf(status, 'certificate') === '' ? '' : ',Issued'}`;
}

export const printApiService: Printer = (object, now) => {
  const service = fieldsOf(fieldsOf(object, 'spec'), 'service');
  const isLocal = fieldsOf(object, 'spec')['service'] === undefined;
  const available = listOf(fieldsOf(object, 'status'), 'conditions').find((one) => one['type'] === 'Available');
  const reason = textOf(available, 'reason');
  const text =
    available === undefined
      ? 'Unknown'
      : available['status'] === 'True'
        ? 'True'
        : `${textOf(available, 'status')}${reason === '' ? '' : ` (${reason})`}`;
  return [
    nameOf(object),
    isLocal ? 'Local' : `${textOf(service, 'namespace')}/${textOf(service, 'name')}`,
    text,
    ageOf(object, now),
  ];
};

export const printWebhooks: Printer = (object, now) => [
  nameOf(object),
  listOf(object, 'webhooks').length,
  ageOf(object, now),
];

export const printAdmissionPolicy: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const { apiVersion, kind } = fieldsOf(spec, 'paramKind');
  const rules = object.kind === 'ValidatingAdmissionPolicy' ? listOf(spec, 'validations') : listOf(spec, 'mutations');
  return [
    nameOf(object),
    rules.length,
    kind === undefined ? '<unset>' : `${asText(apiVersion)}/${asText(kind)}`,
    ageOf(object, now),
  ];
};

export const printAdmissionBinding: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const { namespace, name, selector } = fieldsOf(spec, 'paramRef');
  const parameters =
    spec['paramRef'] === undefined
      ? '<unset>'
      : selector === undefined
        ? [namespace, name].filter(Boolean).join('/')
        : '*';
  return [nameOf(object), textOf(spec, 'policyName'), parameters, ageOf(object, now)];
};

export const printFlowSchema: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const dangling = listOf(fieldsOf(object, 'status'), 'conditions').find((one) => one['type'] === 'Dangling');
  return [
    nameOf(object),
    textOf(fieldsOf(spec, 'priorityLevelConfiguration'), 'name'),
    numberOf(spec, 'matchingPrecedence'),
    textOf(fieldsOf(spec, 'distinguisherMethod'), 'type') || none,
    ageOf(object, now),
    textOf(dangling, 'status') || '?',
  ];
};

export const printPriorityLevel: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  const limited = fieldsOf(spec, 'limited');
  const queuing = fieldsOf(fieldsOf(limited, 'limitResponse'), 'queuing');
  const number = (owner: Fields, key: string) => (typeof owner[key] === 'number' ? owner[key] : none);
  return [
    nameOf(object),
    textOf(spec, 'type'),
    number(limited, 'nominalConcurrencyShares'),
    number(queuing, 'queues'),
    number(queuing, 'handSize'),
    number(queuing, 'queueLengthLimit'),
    ageOf(object, now),
  ];
};

export const printPriorityClass: Printer = (object, now) => [
  nameOf(object),
  numberOf(object, 'value'),
  object['globalDefault'] === true,
  ageOf(object, now),
  textOf(object, 'preemptionPolicy'),
];

export const printLease: Printer = (object, now) => [
  nameOf(object),
  textOf(fieldsOf(object, 'spec'), 'holderIdentity'),
  ageOf(object, now),
];

export const printResourceSlice: Printer = (object, now) => {
  const spec = fieldsOf(object, 'spec');
  return [
    nameOf(object),
    textOf(spec, 'nodeName'),
    textOf(spec, 'driver'),
    textOf(fieldsOf(spec, 'pool'), 'name'),
    ageOf(object, now),
  ];
};

export const printResourceClaim: Printer = (object, now) => {
  const status = fieldsOf(object, 'status');
  const states: string[] = [];
  if (object.metadata.deletionTimestamp !== undefined) states.push('deleted');
  if (status['allocation'] === undefined) {
    if (object.metadata.deletionTimestamp === undefined) states.push('pending');
  } else {
    states.push('allocated');
    states.push(listOf(status, 'reservedFor').length > 0 ? 'reserved' : '');
  }
  return [nameOf(object), states.filter((one) => one !== '').join(','), ageOf(object, now)];
};
