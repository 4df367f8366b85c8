import type { ContainerFacts } from './container-facts.ts';

/** Named delays; `KubeletTiming` says how long each is. */
export type DelayName = 'none' | 'start' | 'pullRetry' | 'run' | 'startupProbe' | 'readinessProbe' | 'restart';

/** What becomes of a container when its stage is due. */
export type ContainerOutcome =
  | 'pullFailed'
  | 'pullBackOff'
  | 'configError'
  | 'mountFailed'
  | 'running'
  | 'started'
  | 'ready'
  | 'succeeded'
  | 'failed'
  | 'crashBackOff';

/** Every fact that is named must hold; a list means any of its values. */
export type StageMatch = {
  readonly [Fact in keyof ContainerFacts]?: ContainerFacts[Fact] | readonly ContainerFacts[Fact][];
};

export interface ContainerStage {
  readonly name: string;
  readonly match: StageMatch;
  readonly delay: DelayName;
  readonly next: ContainerOutcome;
}

const creating = ['ContainerCreating', 'PodInitializing'] as const;

/**
 * The life of a simulated container, as data: the first stage whose match holds is the next thing to happen, after its delay.
 * Image names steer it: "broken" never pulls, "crash" ends with exit code 1.
 */
export const containerStages: readonly ContainerStage[] = [
  {
    name: 'config-missing',
    match: { isItsTurn: true, waiting: creating, image: ['ok', 'crash'], isConfigured: false },
    delay: 'none',
    next: 'configError',
  },
  {
    name: 'volume-missing',
    match: { isItsTurn: true, waiting: creating, isMounted: false },
    delay: 'none',
    next: 'mountFailed',
  },
  {
    name: 'pull-fails',
    match: { isItsTurn: true, waiting: creating, image: 'broken' },
    delay: 'start',
    next: 'pullFailed',
  },
  {
    name: 'pull-backs-off',
    match: { waiting: 'ErrImagePull', image: 'broken' },
    delay: 'pullRetry',
    next: 'pullBackOff',
  },
  {
    name: 'image-corrected',
    match: { waiting: ['ErrImagePull', 'ImagePullBackOff'], image: ['ok', 'crash'] },
    delay: 'start',
    next: 'running',
  },
  {
    name: 'config-arrives',
    match: { waiting: 'CreateContainerConfigError', isConfigured: true },
    delay: 'none',
    next: 'running',
  },
  { name: 'starts', match: { isItsTurn: true, waiting: creating }, delay: 'start', next: 'running' },
  { name: 'process-fails', match: { state: 'running', process: 'failed' }, delay: 'none', next: 'failed' },
  { name: 'process-ends', match: { state: 'running', process: 'succeeded' }, delay: 'none', next: 'succeeded' },
  {
    name: 'process-answers',
    match: { state: 'running', process: 'ready', isReady: false },
    delay: 'none',
    next: 'ready',
  },
  { name: 'crashes', match: { state: 'running', process: 'none', image: 'crash' }, delay: 'run', next: 'failed' },
  {
    name: 'completes',
    match: { state: 'running', process: 'none', endsByItself: true },
    delay: 'run',
    next: 'succeeded',
  },
  {
    name: 'has-started',
    match: { state: 'running', process: 'none', isStarted: false },
    delay: 'startupProbe',
    next: 'started',
  },
  {
    name: 'becomes-ready',
    match: { state: 'running', process: 'none', isReady: false },
    delay: 'readinessProbe',
    next: 'ready',
  },
  { name: 'restarts-at-once', match: { state: 'terminated', restarts: 'at once' }, delay: 'none', next: 'running' },
  { name: 'backs-off', match: { state: 'terminated', restarts: 'later' }, delay: 'none', next: 'crashBackOff' },
  { name: 'restarts', match: { waiting: 'CrashLoopBackOff' }, delay: 'restart', next: 'running' },
];
