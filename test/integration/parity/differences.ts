import type { Facts, Stage } from './recorded-cases.ts';

/** A difference from Argo CD's recorded answer that is on purpose; docs/compatibility.md lists the same cases. */
export interface PurposefulDifference {
  readonly case: string;
  readonly stage: Stage;
  readonly why: string;
  /** What Windlass answers instead: checked, so that a difference stays the one that was meant. */
  readonly windlass: { readonly [K in keyof Facts]?: Facts[K] | undefined };
}

export const purposefulDifferences: readonly PurposefulDifference[] = [
  {
    case: 'missing-path',
    stage: 'one',
    why: 'Nothing speaks gRPC inside, so no message begins with its error code.',
    windlass: {
      messages: [
        'Failed to load target state: failed to generate manifest for source 1 of 1: missing-path/nope: app path does not exist',
      ],
    },
  },
  {
    case: 'helm-missing-values',
    stage: 'one',
    why: 'The value file is looked for before Helm is started; the message names it without the command line.',
    windlass: {
      messages: [
        'Failed to load target state: failed to generate manifest for source 1 of 1: failed to execute helm template command: open helm-missing-values/nope.yaml: no such file or directory',
      ],
    },
  },
  {
    case: 'unknown-kind',
    stage: 'one',
    why: 'The name "n" is a boolean to YAML 1.1. An object without a usable name is an error of the source that names file and line; nothing of it is deployed half.',
    windlass: {
      sync: 'Unknown',
      health: 'Healthy',
      conditions: ['ComparisonError'],
      messages: [
        'Failed to load target state: failed to generate manifest for source 1 of 1: Failed to read the manifest in "unknown-kind/a.yaml" at line 1: metadata.name of the Nothing must be a string, not false',
      ],
      resources: [],
      phase: undefined,
      sourceType: undefined,
      message: '',
      results: [],
      resultMessages: [],
      retries: 0,
    },
  },
  {
    case: 'health-deadline',
    stage: 'one',
    why: 'A Degraded Deployment that is as Git says is not synced again: there is nothing to heal.',
    windlass: {
      results: ['Deployment d Synced Running Sync', 'Namespace parity-health-deadline Synced Running PreSync'],
      resultMessages: ['Deployment deployment.apps/d created', 'Namespace namespace/parity-health-deadline created'],
    },
  },
  {
    case: 'unknown-field',
    stage: 'one',
    why: 'A difference that applying cannot remove is named, and syncing stops, instead of being repeated in silence.',
    windlass: {
      conditions: ['SyncError'],
      messages: ['Applying changes nothing: the cluster does not know the field .datta of ConfigMap/a'],
      resultMessages: ['ConfigMap configmap/a unchanged'],
    },
  },
];
