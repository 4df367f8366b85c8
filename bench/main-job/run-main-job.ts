import type { ClusterKind } from '#harness';
import { startRig } from './rig.ts';
import { runCommits, runHeals, runIdle, runInitialSync, runNoopCommit } from './scenarios.ts';
import type { CommitRuns, HealRuns, InitialSync } from './scenarios.ts';
import type { Cost } from './measure.ts';

export interface MainJobOptions {
  readonly applications: number;
  readonly commits: number;
  readonly pollCommits: number;
  readonly heals: number;
  readonly idleSeconds: number;
  readonly report: (line: string) => void;
}

export interface MainJobResult {
  readonly kind: ClusterKind;
  readonly applications: number;
  readonly initialSync: InitialSync;
  readonly byRefresh: CommitRuns;
  readonly byPoll: CommitRuns;
  readonly noopCommit: Cost;
  readonly idle: Cost;
  readonly healDeleted: HealRuns;
  readonly healEdited: HealRuns;
}

/** The scenarios one after another on one cluster; a line as each ends. */
export async function runMainJob(kind: ClusterKind, options: MainJobOptions): Promise<MainJobResult> {
  const { applications, commits, pollCommits, heals, idleSeconds, report } = options;
  await using rig = await startRig(kind, applications);
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const result = await run();
    report(`${kind}: ${name}`);
    return result;
  };
  return {
    kind,
    applications,
    initialSync: await step('initial sync', () => runInitialSync(rig)),
    byRefresh: await step('commits by refresh', () => runCommits(rig, 'refresh', commits)),
    healDeleted: await step('deleted objects', () => runHeals(rig, 'delete', heals)),
    healEdited: await step('edited objects', () => runHeals(rig, 'edit', heals)),
    byPoll: await step('commits by poll', () => runCommits(rig, 'poll', pollCommits)),
    noopCommit: await step('a commit that nobody reads', () => runNoopCommit(rig)),
    idle: await step(`${idleSeconds} s of idling`, () => runIdle(rig, idleSeconds)),
  };
}
