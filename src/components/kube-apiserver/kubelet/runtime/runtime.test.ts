import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../../controllers/kinds/pod.ts';
import type { PodLogRequest } from '../../pod-runtime.ts';
import { LogBuffer } from './log-buffer.ts';
import type { ValueSources } from './resolve-environment.ts';
import { expandReferences, missingVolume, resolveEnvironment } from './resolve-environment.ts';
import { formatLogLine, selectLogLines } from './select-log-lines.ts';
import { simulatedLog } from './simulated-log.ts';

const sources: ValueSources = {
  configMap: (name) => (name === 'settings' ? { message: 'hello', 'log.level': 'debug' } : undefined),
  secret: (name) => (name === 'login' ? { password: 'hunter2' } : undefined),
};
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', labels: { tier: 'front' } },
  spec: { containers: [], volumes: [{ name: 'files', configMap: { name: 'absent' } }] },
  status: { podIP: '10.244.0.7' },
};

describe('resolveEnvironment', () => {
  const resolve = (container: Partial<Container>) => resolveEnvironment(pod, { name: 'main', ...container }, sources);

  it('takes values from ConfigMaps, Secrets, fields and earlier variables', () => {
    const env = [
      { name: 'MESSAGE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'message' } } },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'TIER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } },
      { name: 'GREETING', value: '$(MESSAGE) from $(IP), $$(IP), $(UNKNOWN)' },
    ];
    expect(resolve({ env })).toEqual({
      variables: {
        MESSAGE: 'hello',
        PASSWORD: 'hunter2',
        IP: '10.244.0.7',
        TIER: 'front',
        GREETING: 'hello from 10.244.0.7, $(IP), $(UNKNOWN)',
      },
    });
    expect(resolve({ envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }] })).toEqual({
      variables: { S_message: 'hello', 'S_log.level': 'debug' },
    });
  });

  it('says what is missing, as a kubelet does', () => {
    const key = (name: string, entry: string, optional = false) =>
      resolve({ env: [{ name: 'X', valueFrom: { configMapKeyRef: { name, key: entry, optional } } }] });
    expect(key('absent', 'a')).toEqual({ problem: 'configmap "absent" not found' });
    expect(key('settings', 'absent')).toEqual({ problem: "couldn't find key absent in ConfigMap default/settings" });
    expect(key('absent', 'a', true)).toEqual({ variables: {} });
    expect(missingVolume(pod, sources)).toBe(
      'MountVolume.SetUp failed for volume "files" : configmap "absent" not found',
    );
  });

  it('leaves an escaped reference alone', () => expect(expandReferences('$$(A) $(A)', { A: '1' })).toBe('$(A) 1'));
});

describe('logs', () => {
  const request = (extra: Partial<PodLogRequest>): PodLogRequest => ({
    namespace: 'default',
    pod: 'web',
    container: 'main',
    follow: false,
    previous: false,
    timestamps: false,
    ...extra,
  });
  const lines = [1000, 2000, 3000].map((atMs) => ({ atMs, text: `at ${atMs}` }));

  it('selects by time, then the tail', () => {
    const select = (extra: Partial<PodLogRequest>) =>
      selectLogLines(lines, request(extra), 4000).map(({ atMs }) => atMs);
    expect(select({})).toEqual([1000, 2000, 3000]);
    expect(select({ tailLines: 2 })).toEqual([2000, 3000]);
    expect(select({ tailLines: 0 })).toEqual([]);
    expect(select({ sinceSeconds: 2 })).toEqual([2000, 3000]);
    expect(select({ sinceTime: '1970-01-01T00:00:03Z', tailLines: 5 })).toEqual([3000]);
  });

  it('writes timestamps in nanoseconds', () =>
    expect(formatLogLine({ atMs: 0, text: 'x' }, true)).toBe('1970-01-01T00:00:00.000000000Z x\n'));

  it('names variables and never shows their values', () => {
    const container: Container = {
      name: 'main',
      image: 'app',
      env: [{ name: 'TOKEN', value: 'hunter2' }],
      envFrom: [{ secretRef: { name: 'login' } }],
    };
    const status = {
      name: 'main',
      image: 'app',
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      lastState: {},
    };
    const text = simulatedLog(pod, container, status, false)
      .map((line) => line.text)
      .join('\n');
    expect(text).toContain('environment: TOKEN');
    expect(text).not.toContain('hunter2');
  });

  it('keeps the last lines of a process, and its unfinished one at the end', () => {
    const buffer = new LogBuffer();
    buffer.write('one\ntw', 1);
    buffer.write('o\nthree', 2);
    buffer.finish(3);
    expect(buffer.lines.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    for (let n = 0; n < 10_000; n++) buffer.write('x\n', 4);
    expect(buffer.lines).toHaveLength(10_000);
    expect(buffer.end).toBe(10_003);
  });
});
