import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { findJqPaths } from './find-jq-paths.ts';
import { JqRunner } from './jq-runner.ts';

const runner = new JqRunner({ clock: systemClock });
afterAll(() => runner.close());

const value = {
  spec: {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ],
    replicas: 1,
  },
};

describe('JqRunner', () => {
  it('runs real jq', async () => {
    expect(JSON.parse(await runner.run('.spec.containers | map(.name) | join(",")', JSON.stringify(value)))).toBe(
      'a,b',
    );
  });

  it('reports errors and goes on', async () => {
    await expect(runner.run('.a |', '{}')).rejects.toMatchObject({ code: 'JQ_FAILED' });
    await expect(runner.run('error("boom")', '{}')).rejects.toThrow(/boom/);
    expect(await runner.run('.', '1')).toContain('1');
  });

  it('kills a program that does not end, and serves the next', async () => {
    const quick = new JqRunner({ clock: systemClock, timeoutMs: 400 });
    await expect(quick.run('def f: f; f', '{}')).rejects.toMatchObject({ code: 'JQ_TIMEOUT' });
    expect(await quick.run('.a', '{"a":2}')).toContain('2');
    await quick.close();
  });
});

describe('findJqPaths', () => {
  it('answers every question in order', async () => {
    const answers = await findJqPaths(runner, [
      { expression: '.spec.containers[] | select(.name | test("^b")) | .image', value },
      { expression: '.spec | .replicas, .containers[0].name # both', value },
      { expression: '.spec.containers[] | select(.name | test("^b")) | .image', value: { spec: { containers: null } } },
      { expression: '.spec.containers[] | select(.name | test("^b")) | .image', value: {} },
      { expression: '.a |', value },
      { expression: '.spec | tojson', value },
    ]);
    expect(answers[0]).toEqual({ paths: [['spec', 'containers', 1, 'image']] });
    expect(answers[1]).toEqual({
      paths: [
        ['spec', 'replicas'],
        ['spec', 'containers', 0, 'name'],
      ],
    });
    expect(answers[2]).toMatchObject({
      problem: 'error',
      message: expect.stringContaining('Cannot iterate over null') as string,
    });
    expect(answers[3]).toMatchObject({ problem: 'error' });
    expect(answers[4]).toMatchObject({ problem: 'error' });
    expect(answers[5]).toMatchObject({ problem: 'error' });
  });
});
