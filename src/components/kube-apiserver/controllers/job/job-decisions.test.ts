import { describe, expect, it } from 'vitest';
import type { Job, JobSpec } from '../kinds/batch.ts';
import type { Pod, PodStatus } from '../kinds/pod.ts';
import { formatIndexes, parseIndexes } from './completion-indexes.ts';
import { countPods } from './count-pods.ts';
import { decideJobEnd, missingIndexes, nextCreationAt, wantedActive } from './decide-job.ts';

const nowMs = Date.parse('2026-01-01T00:10:00Z');

function job(spec: Partial<JobSpec> = {}, status: Job['status'] = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job', uid: 'j', resourceVersion: '1' },
    spec: { completions: 1, parallelism: 1, template: { spec: { containers: [], restartPolicy: 'Never' } }, ...spec },
    status,
  };
}

function pod(
  name: string,
  phase: NonNullable<PodStatus['phase']>,
  extra: { index?: number; exitCode?: number } = {},
): Pod {
  const { index, exitCode } = extra;
  const finishedAt = '2026-01-01T00:09:58Z';
  const state = exitCode === undefined ? {} : { terminated: { exitCode, finishedAt } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      finalizers: ['batch.kubernetes.io/job-tracking'],
      annotations: index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
    spec: { containers: [] },
    status: {
      phase,
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state, lastState: {} },
      ],
    },
  };
}

describe('completion indexes', () => {
  it.each([
    [[], ''],
    [[3], '3'],
    [[0, 1], '0,1'],
    [[0, 1, 2, 5], '0-2,5'],
    [[1, 3, 4, 5, 6], '1,3-6'],
  ])('%j is "%s"', (indexes, text) => {
    expect(formatIndexes(indexes)).toBe(text);
    expect([...parseIndexes(text)]).toEqual(indexes);
  });
});

describe('decideJobEnd', () => {
  const end = (subject: Job, pods: Pod[]) => decideJobEnd(subject, countPods(subject, pods), nowMs)?.reason;

  it('completes when enough have succeeded', () => {
    expect(end(job(), [pod('a', 'Succeeded')])).toBe('CompletionsReached');
    expect(end(job({ completions: 2 }), [pod('a', 'Succeeded')])).toBeUndefined();
  });

  it('does not count a pod twice that the status has noted', () => {
    const subject = job({ completions: 2 }, { succeeded: 0, uncountedTerminatedPods: { succeeded: ['a'] } });
    expect(countPods(subject, [pod('a', 'Succeeded')]).succeeded).toBe(1);
  });

  it('fails beyond the backoff limit', () => {
    expect(end(job({ backoffLimit: 0 }), [pod('a', 'Failed', { exitCode: 1 })])).toBe('BackoffLimitExceeded');
    expect(end(job({ backoffLimit: 1 }), [pod('a', 'Failed', { exitCode: 1 })])).toBeUndefined();
  });

  it('fails after its deadline', () => {
    expect(end(job({ activeDeadlineSeconds: 60 }, { startTime: '2026-01-01T00:00:00Z' }), [])).toBe('DeadlineExceeded');
  });

  it('fails or looks away as the failure policy says', () => {
    const rule = (action: 'FailJob' | 'Ignore') => ({
      podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In' as const, values: [42] } }] },
    });
    expect(end(job(rule('FailJob')), [pod('a', 'Failed', { exitCode: 42 })])).toBe('PodFailurePolicy');
    expect(end(job({ ...rule('Ignore'), backoffLimit: 0 }), [pod('a', 'Failed', { exitCode: 42 })])).toBeUndefined();
  });

  it('keeps to an end that was announced', () => {
    const announced = { type: 'FailureTarget', status: 'True' as const, reason: 'DeadlineExceeded', message: '' };
    expect(end(job({}, { conditions: [announced] }), [pod('a', 'Succeeded')])).toBe('DeadlineExceeded');
  });
});

describe('what a job runs next', () => {
  it('never wants more pods than are left to complete', () => {
    const subject = job({ completions: 3, parallelism: 5 }, { succeeded: 1 });
    expect(wantedActive(subject, countPods(subject, []))).toBe(2);
    expect(wantedActive(job({ suspend: true }), countPods(job(), []))).toBe(0);
  });

  it('fills the lowest missing indexes', () => {
    const subject = job({ completions: 5, completionMode: 'Indexed' }, { completedIndexes: '0' });
    expect(missingIndexes(subject, countPods(subject, [pod('a', 'Running', { index: 1 })]), 2)).toEqual([2, 3]);
  });

  it('waits longer after each failure, from the last one on', () => {
    const finished = Date.parse('2026-01-01T00:09:58Z');
    expect(nextCreationAt([])).toBe(0);
    expect(nextCreationAt([pod('a', 'Failed', { exitCode: 1 })])).toBe(finished + 10_000);
    expect(nextCreationAt([pod('a', 'Failed', { exitCode: 1 }), pod('b', 'Failed', { exitCode: 1 })])).toBe(
      finished + 20_000,
    );
  });
});
