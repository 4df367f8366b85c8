import type { FieldError } from '../answers/field-error.ts';
import { duplicate, forbiddenField, invalid, notFoundField, notSupported, required } from '../answers/field-error.ts';
import type { Fields } from '../registry/strategies/fields.ts';
import { asText, fieldsOf, listOf, textOf } from '../registry/strategies/fields.ts';
import { checkEnvName, checkName, checkPortName, checkQualifiedName } from './names.ts';
import { compareQuantities } from './quantities.ts';

export const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** What is wrong with a PodSpec, in the order in which Kubernetes looks. */
export function checkPodSpec(spec: Fields, field: string): readonly FieldError[] {
  const volumes = listOf(spec, 'volumes');
  const volumeNames = new Set(volumes.map((one) => textOf(one, 'name')));
  const containers = listOf(spec, 'containers');
  const errors = [...checkVolumes(volumes, `${field}.volumes`)];
  if (containers.length === 0) errors.push(required(`${field}.containers`));
  errors.push(...checkContainers(containers, { field: `${field}.containers`, volumeNames }));
  errors.push(...checkContainers(listOf(spec, 'initContainers'), { field: `${field}.initContainers`, volumeNames }));
  const policy = textOf(spec, 'restartPolicy');
  if (policy !== '' && !restartPolicies.includes(policy))
    errors.push(notSupported(`${field}.restartPolicy`, policy, restartPolicies));
  const dns = textOf(spec, 'dnsPolicy');
  if (dns !== '' && !dnsPolicies.includes(dns)) errors.push(notSupported(`${field}.dnsPolicy`, dns, dnsPolicies));
  errors.push(...checkNodeSelector(fieldsOf(spec, 'nodeSelector'), `${field}.nodeSelector`));
  errors.push(...checkServiceAccount(spec, field), ...checkPullSecrets(spec, field));
  const deadline = spec['activeDeadlineSeconds'];
  if (typeof deadline === 'number' && deadline < 1) {
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  }
  return errors;
}

function checkVolumes(volumes: readonly Fields[], field: string): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const errors: FieldError[] = [];
    const name = textOf(volume, 'name');
    const at = `${field}[${index}]`;
    if (name === '') errors.push(required(`${at}.name`));
    else errors.push(...checkName('label', name).map((why) => invalid(`${at}.name`, name, why)));
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    if (sources.length > 1) {
      errors.push(forbiddenField(`${at}.${sources[1] as string}`, 'may not specify more than 1 volume type'));
    }
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    return errors;
  });
}

interface ContainerPlace {
  readonly field: string;
  readonly volumeNames: ReadonlySet<string>;
}

function checkContainers(containers: readonly Fields[], { field, volumeNames }: ContainerPlace): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(container, 'name');
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else errors.push(...checkName('label', name).map((why) => invalid(`${at}.name`, name, why)));
    errors.push(...checkContainer(container, { field: at, volumeNames }));
    if (name !== '' && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    return errors;
  });
}

function checkContainer(container: Fields, { field, volumeNames }: ContainerPlace): FieldError[] {
  const errors: FieldError[] = [];
  const image = textOf(container, 'image');
  if (image === '') errors.push(required(`${field}.image`));
  else if (image.trim() !== image)
    errors.push(invalid(`${field}.image`, image, 'must not have leading or trailing whitespace'));
  errors.push(...checkPorts(listOf(container, 'ports'), `${field}.ports`));
  errors.push(...checkEnv(listOf(container, 'env'), `${field}.env`));
  errors.push(...checkMounts(listOf(container, 'volumeMounts'), { field: `${field}.volumeMounts`, volumeNames }));
  const pull = textOf(container, 'imagePullPolicy');
  const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
  if (pull !== '' && !pullPolicies.includes(pull))
    errors.push(notSupported(`${field}.imagePullPolicy`, pull, pullPolicies));
  errors.push(...checkResources(fieldsOf(container, 'resources'), `${field}.resources`));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[probe] !== undefined) errors.push(...checkProbe(fieldsOf(container, probe), `${field}.${probe}`));
  }
  return errors;
}

const protocols = ['SCTP', 'TCP', 'UDP'];

function checkPorts(ports: readonly Fields[], field: string): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    const name = textOf(port, 'name');
    if (name !== '') {
      const problems = checkPortName(name);
      errors.push(...problems.map((why) => invalid(`${at}.name`, name, why)));
      if (problems.length === 0 && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
      seen.add(name);
    }
    const number = port['containerPort'];
    if (number === 0 || number === undefined) errors.push(required(`${at}.containerPort`));
    else if (!isPort(number)) errors.push(invalid(`${at}.containerPort`, number, portText));
    const host = port['hostPort'];
    if (host !== undefined && host !== 0 && !isPort(host)) errors.push(invalid(`${at}.hostPort`, host, portText));
    const protocol = textOf(port, 'protocol');
    if (protocol === '') errors.push(required(`${at}.protocol`));
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols));
    return errors;
  });
}

export const portText = 'must be between 1 and 65535, inclusive';

export function isPort(value: unknown): boolean {
  return typeof value === 'number' && value >= 1 && value <= 65_535;
}

function checkEnv(env: readonly Fields[], field: string): FieldError[] {
  return env.flatMap((variable, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(variable, 'name');
    const errors: FieldError[] =
      name === '' ? [required(`${at}.name`)] : checkEnvName(name).map((why) => invalid(`${at}.name`, name, why));
    if (variable['valueFrom'] !== undefined && textOf(variable, 'value') !== '') {
      errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
    return errors;
  });
}

function checkMounts(mounts: readonly Fields[], { field, volumeNames }: ContainerPlace): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(mount, 'name');
    const path = textOf(mount, 'mountPath');
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else if (!volumeNames.has(name)) errors.push(notFoundField(`${at}.name`, name));
    if (path === '') errors.push(required(`${at}.mountPath`));
    else if (paths.has(path)) errors.push(invalid(`${at}.mountPath`, path, 'must be unique'));
    paths.add(path);
    return errors;
  });
}

function checkResources(resources: Fields, field: string): FieldError[] {
  const limits = fieldsOf(resources, 'limits');
  const requests = fieldsOf(resources, 'requests');
  const errors: FieldError[] = [];
  for (const [kind, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, amount] of Object.entries(list)) {
      const text = asText(amount);
      if (compareQuantities(text, '0') < 0)
        errors.push(invalid(`${field}.${kind}[${name}]`, text, 'must be greater than or equal to 0'));
      if (kind === 'requests' && Object.hasOwn(limits, name)) {
        const limit = asText(limits[name]);
        if (compareQuantities(text, limit) > 0) {
          errors.push(invalid(`${field}.requests`, text, `must be less than or equal to ${name} limit of ${limit}`));
        }
      }
    }
  }
  return errors;
}

const probeHandlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function checkProbe(probe: Fields, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const handlers = probeHandlers.filter((one) => probe[one] !== undefined);
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'));
  for (const extra of handlers.slice(1))
    errors.push(forbiddenField(`${field}.${extra}`, 'may not specify more than 1 handler type'));
  const http = fieldsOf(probe, 'httpGet');
  if (probe['httpGet'] !== undefined) {
    if (textOf(http, 'path') === '') errors.push(required(`${field}.httpGet.path`));
    if (typeof http['port'] === 'number' && !isPort(http['port']))
      errors.push(invalid(`${field}.httpGet.port`, http['port'], portText));
  }
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]) {
    const value = probe[name];
    if (typeof value === 'number' && value < 0)
      errors.push(invalid(`${field}.${name}`, value, 'must be greater than or equal to 0'));
  }
  return errors;
}

function checkNodeSelector(selector: Fields, field: string): FieldError[] {
  return Object.keys(selector).flatMap((key) => checkQualifiedName(key).map((why) => invalid(field, key, why)));
}

function checkServiceAccount(spec: Fields, field: string): FieldError[] {
  const name = textOf(spec, 'serviceAccountName');
  return name === ''
    ? []
    : checkName('subdomain', name).map((why) => invalid(`${field}.serviceAccountName`, name, why));
}

function checkPullSecrets(spec: Fields, field: string): FieldError[] {
  return listOf(spec, 'imagePullSecrets').flatMap((secret, index) =>
    textOf(secret, 'name') === '' ? [required(`${field}.imagePullSecrets[${index}].name`)] : [],
  );
}
