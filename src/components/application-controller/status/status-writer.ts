import { deepEqual } from '#base/json';
import type { Application, ApplicationStatus } from '#core/api';
import { annotations, applicationType } from '#core/api';
import { isConflict } from '#libs/kube';
import type { KubeClient, KubeObject } from '#libs/kube';
import { atFailpoint } from '../failpoint.ts';
import type { Failpoint } from '../failpoint.ts';
import { buildStatusPatch } from './build-status-patch.ts';
import type { StatusChange } from './build-status-patch.ts';

export const controllerManager = 'windlass-application-controller';

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly failpoint: Failpoint | undefined;
  /** Takes in what the API server answered. */
  readonly observe: (object: KubeObject) => void;
}

const maxAttempts = 5;

/** The one writer of Applications: a merge patch against what was last written, only when something changed. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Answers the Application as it is then stored. Throws NotFound when it is gone. */
  async write(change: StatusChange): Promise<Application> {
    let current = change;
    for (let attempt = 0; ; attempt++) {
      const patch = buildStatusPatch(current);
      if (patch === undefined) return current.application;
      try {
        return await this.#patch(current.application, patch);
      } catch (error) {
        if (!isConflict(error) || attempt >= maxAttempts) throw error;
        current = rebase(current, await this.#read(current.application));
      }
    }
  }

  async #patch({ metadata }: Application, patch: object): Promise<Application> {
    const { client, failpoint, observe } = this.#options;
    const stored = await atFailpoint(failpoint, 'status', () =>
      client.patch(applicationType, metadata.name ?? '', patch, {
        type: 'merge',
        namespace: metadata.namespace ?? '',
        fieldManager: controllerManager,
      }),
    );
    observe(stored);
    return toApplication(stored);
  }

  async #read({ metadata }: Application): Promise<Application> {
    const { client, observe } = this.#options;
    const object = await client.get(applicationType, metadata.name ?? '', { namespace: metadata.namespace ?? '' });
    observe(object);
    return toApplication(object);
  }
}

export function toApplication(object: KubeObject): Application {
  return object as Application & KubeObject;
}

/** The same change against a newer object. What a user did meanwhile is not undone. */
function rebase(change: StatusChange, newer: Application): StatusChange {
  const older = change.application;
  const sameRefresh =
    newer.metadata.annotations?.[annotations.refresh] === older.metadata.annotations?.[annotations.refresh];
  const isNewOperation = change.operation === null && !deepEqual(newer.operation, older.operation);
  return {
    ...change,
    application: newer,
    status: keepTermination(change.status, newer.status),
    operation: isNewOperation ? undefined : change.operation,
    isRefreshDone: change.isRefreshDone && sameRefresh,
  };
}

function keepTermination(status: ApplicationStatus, newer: ApplicationStatus | undefined): ApplicationStatus {
  const asked = newer?.operationState?.phase === 'Terminating';
  if (!asked || status.operationState?.phase !== 'Running') return status;
  return { ...status, operationState: { ...status.operationState, phase: 'Terminating' } };
}
