import { isRecord } from '#base/json';
import type { Application } from '#core/api';

const operationAnnotation = 'windlass.dev/operation-plan';
const deploymentsAnnotation = 'windlass.dev/deployments';

/** What is kept of the last operation beside its state: survives a restart, and says what it deployed. */
export interface OperationMark {
  readonly startedAt: string;
  readonly id: string;
  readonly plan: string;
  /** Digest of the rendered manifests; '' when they were handed in. */
  readonly manifests: string;
}

export function readOperationMark({ metadata }: Pick<Application, 'metadata'>): OperationMark | undefined {
  const value = parse(metadata.annotations?.[operationAnnotation]);
  if (value === undefined) return undefined;
  const text = (field: string) => (typeof value[field] === 'string' ? value[field] : '');
  return { startedAt: text('startedAt'), id: text('id'), plan: text('plan'), manifests: text('manifests') };
}

/** History id → digest of what was deployed. */
export function readDeployments({ metadata }: Pick<Application, 'metadata'>): Readonly<Record<string, string>> {
  const value = parse(metadata.annotations?.[deploymentsAnnotation]) ?? {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function writeOperationMark(mark: OperationMark): Readonly<Record<string, string>> {
  return { [operationAnnotation]: JSON.stringify(mark) };
}

export function writeDeployments(deployments: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { [deploymentsAnnotation]: JSON.stringify(deployments) };
}

function parse(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
