import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { toWindlassError, WindlassError } from '#base/errors';
import { deepEqual, isRecord } from '#base/json';
import { finalizers } from '#core/api';
import type { Application } from '#core/api';
import { parseYamlDocuments } from '#libs/languages/yaml';
import { defineCommand } from '../../program/command-definition.ts';
import type { Flags } from '../../program/flags.ts';
import type { Invocation } from '../../program/invocation.ts';
import { usageError } from '../../program/usage-error.ts';
import { formatApplicationRef, parseApplicationRef } from '../../session/application-ref.ts';
import type { ApplicationRef, Session } from '../../session/session.ts';
import { applySpecFlags, specFlags } from '../../spec/apply-spec-flags.ts';
import { appNamespaceFlag } from './flags.ts';
import { validateApplication } from './validate-application.ts';

export const create = defineCommand({
  name: 'create',
  summary: 'Create an application',
  args: [{ name: 'APPNAME' }],
  options: [
    {
      name: 'file',
      short: 'f',
      type: 'string',
      summary: 'Take the application from this file; - is standard input',
      complete: 'file',
    },
    { name: 'name', type: 'string', summary: 'Name of the application; the argument wins' },
    { name: 'upsert', type: 'boolean', summary: 'Replace an application of the same name' },
    { name: 'set-finalizer', type: 'boolean', summary: 'Deleting the application deletes its resources' },
    { name: 'label', short: 'l', type: 'pairs', summary: 'Label of the application' },
    { name: 'annotations', type: 'pairs', summary: 'Annotation of the application' },
    ...specFlags,
    appNamespaceFlag,
  ],
  examples: [
    'windlass app create guestbook --repo https://git.example.com/apps.git --path guestbook --dest-server https://kubernetes.default.svc --dest-namespace default',
    'windlass app create web --repo https://charts.example.com --helm-chart nginx --revision 1.16.1 --helm-set replicaCount=2 --dest-name in-cluster --dest-namespace web',
    'windlass app create prod --repo https://git.example.com/apps.git --path overlays/prod --kustomize-image web=registry.example.com/web:2.1 --sync-policy automated --auto-prune --self-heal',
    'windlass app create -f application.yaml --upsert',
  ],
  async run(invocation) {
    const { flags, terminal } = invocation;
    const session = await invocation.session();
    for (const application of await describeApplications(invocation, session)) {
      const ref = { namespace: application.metadata.namespace ?? '', name: application.metadata.name ?? '' };
      if (flags.is('validate')) await validateApplication(invocation, session, application);
      terminal.printLine(`application '${ref.name}' ${await store(session, ref, application, flags.is('upsert'))}`);
    }
  },
});

async function describeApplications(invocation: Invocation, session: Session): Promise<readonly Application[]> {
  const { flags, args, cwd } = invocation;
  const file = flags.text('file');
  const given = file === undefined ? [emptyApplication()] : await readApplications(invocation, file);
  const name = args[0] ?? flags.text('name');
  if (file === undefined && name === undefined)
    throw usageError('The application has no name.', 'Give a name, or -f for a file.');
  if (given.length > 1 && name !== undefined)
    throw usageError(`The file holds ${given.length} applications; one name is not enough.`, 'Leave the name out.');
  return given.map((application) => {
    const ref =
      name === undefined ? refOf(application, flags, session) : parseApplicationRef(name, flags, session.namespace);
    const spec = applySpecFlags(application.spec, flags, { cwd });
    return {
      ...application,
      metadata: { ...metadataOf(application, flags), ...ref },
      spec: { ...spec, project: spec.project || 'default' },
    };
  });
}

function emptyApplication(): Application {
  return { metadata: {}, spec: { project: '', destination: {} } };
}

function refOf({ metadata }: Application, flags: Flags, session: Session): ApplicationRef {
  return {
    namespace: metadata.namespace || (flags.text('app-namespace') ?? session.namespace),
    name: metadata.name ?? '',
  };
}

function metadataOf({ metadata }: Application, flags: Flags): Application['metadata'] {
  const { labels, annotations, finalizers: before } = metadata;
  const [newLabels, newAnnotations] = [flags.pairs('label'), flags.pairs('annotations')];
  const marks = flags.is('set-finalizer')
    ? [...(before ?? []).filter((one) => one !== finalizers.resources), finalizers.resources]
    : before;
  return {
    ...(labels || newLabels.length > 0 ? { labels: { ...labels, ...Object.fromEntries(newLabels) } } : {}),
    ...(annotations || newAnnotations.length > 0
      ? { annotations: { ...annotations, ...Object.fromEntries(newAnnotations) } }
      : {}),
    ...(marks ? { finalizers: marks } : {}),
  };
}

async function readApplications({ terminal, cwd }: Invocation, file: string): Promise<readonly Application[]> {
  const text = file === '-' ? await terminal.readInput() : await readText(resolve(cwd, file));
  const applications = parseYamlDocuments(text, { file }).filter(({ value }) => value !== null);
  if (applications.length === 0) throw invalidFile(file, 'it holds no application');
  return applications.map(({ value, line }) => {
    if (!isRecord(value) || value['kind'] !== 'Application')
      throw invalidFile(file, 'it holds something that is no Application', line);
    if (!isRecord(value['spec']) || !isRecord(value['spec']['destination']))
      throw invalidFile(file, 'an Application needs "spec" with a "destination"', line);
    const { metadata = {}, spec } = value as Partial<Application>;
    return { metadata, spec: { ...(spec as Application['spec']), project: spec?.project ?? '' } };
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new WindlassError({
      code: 'FILE_UNREADABLE',
      kind: 'InvalidInput',
      message: `The file "${path}" cannot be read.`,
      at: { file: path },
      cause,
    });
  }
}

function invalidFile(file: string, why: string, line?: number): WindlassError {
  return new WindlassError({
    code: 'APPLICATION_FILE_INVALID',
    kind: 'InvalidInput',
    message: `The file "${file}" cannot be used: ${why}${line === undefined ? '' : ` (line ${line})`}.`,
    at: { file, ...(line === undefined ? {} : { line }) },
  });
}

/** What became of it. Throws EXISTS_WITH_OTHER_CONTENT for another application of that name, unless it may be replaced. */
async function store(
  { applications }: Session,
  ref: ApplicationRef,
  wanted: Application,
  isUpsert: boolean,
): Promise<'created' | 'updated' | 'unchanged'> {
  try {
    await applications.create(wanted);
    return 'created';
  } catch (error) {
    if (toWindlassError(error).kind !== 'AlreadyExists') throw error;
  }
  const existing = await applications.get(ref);
  const { labels = {}, annotations = {} } = wanted.metadata;
  const isSame =
    deepEqual(existing.spec, wanted.spec) &&
    holds(existing.metadata.labels, labels) &&
    holds(existing.metadata.annotations, annotations);
  if (isSame) return 'unchanged';
  if (!isUpsert) throw existsAlready(ref);
  await applications.update(ref, (current) => ({
    ...current,
    metadata: {
      ...current.metadata,
      labels: { ...current.metadata.labels, ...labels },
      annotations: { ...current.metadata.annotations, ...annotations },
      ...(wanted.metadata.finalizers ? { finalizers: wanted.metadata.finalizers } : {}),
    },
    spec: wanted.spec,
  }));
  return 'updated';
}

function holds(existing: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => existing[key] === value);
}

function existsAlready(ref: ApplicationRef): WindlassError {
  return new WindlassError({
    code: 'EXISTS_WITH_OTHER_CONTENT',
    kind: 'InvalidInput',
    message: `existing application spec is different, use upsert flag to force update`,
    hint: `Application "${formatApplicationRef(ref)}" exists: add --upsert to replace it.`,
  });
}
