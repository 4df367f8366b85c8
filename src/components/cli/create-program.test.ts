import { mkdtempSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#base/clock';
import { cliReferencePath, renderCliReference } from '../../../scripts/generate-cli-reference.ts';
import { loadTree } from './program/command-tree.ts';
import { buildTree } from './commands/registry.ts';
import { createProgram } from './create-program.ts';
import type { ProgramOptions } from './create-program.ts';
import { defineCommand } from './program/command-definition.ts';

async function run(argv: readonly string[], options: Partial<ProgramOptions> = {}) {
  let [stdout, stderr] = ['', ''];
  const code = await createProgram({
    programName: 'windlass',
    version: '0.1.0',
    env: { HOME: '/nonexistent' },
    cwd: '/',
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    stdin: noInput(),
    isTerminal: false,
    clock: systemClock,
    ...options,
  }).run(argv);
  return { code, stdout, stderr };
}

async function* noInput(): AsyncIterable<string> {}

describe('createProgram', () => {
  it('version --client never connects', async () => {
    const { code, stdout } = await run(['version', '--client', '--short']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'windlass: v0.1.0\n' });
    expect((await run(['version', '--client', '--short'], { programName: 'argocd' })).stdout).toBe(
      'argocd: v3.6.0+windlass.0.1.0\n',
    );
  });

  it('says what is missing where there is no cluster', async () => {
    const { code, stderr } = await run(['app', 'list']);
    expect(code).toBe(20);
    expect(stderr).toContain('error: No cluster was found');
    expect(stderr).toContain('try: Start one with "windlass up"');
    expect((await run(['why', 'x'])).code).toBe(5);
  });

  it('refuses what would mislead in core mode, unless --core says that it is meant', async () => {
    expect((await run(['app', 'list', '--server', 'cd.example.com'])).stderr).toContain(
      '--server asks for an API server',
    );
    expect((await run(['app', 'list', '--server', 'cd.example.com', '--core'])).stderr).toContain(
      'No cluster was found',
    );
    const env = { ARGOCD_SERVER: 'cd.example.com' };
    expect((await run(['app', 'list'], { env, programName: 'argocd' })).stderr).toContain(
      'ARGOCD_SERVER asks for an API server',
    );
    expect(
      (await run(['app', 'list'], { env: { ...env, ARGOCD_OPTS: '--core' }, programName: 'argocd' })).stderr,
    ).toContain('No cluster was found');
  });

  it('as argocd, errors are the log lines that scripts know; usage exits 1 with help', async () => {
    const { code, stderr } = await run(['app', 'list'], { programName: 'argocd' });
    expect(code).toBe(20);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'fatal',
      msg: expect.stringContaining('rpc error: code = NotFound desc = ') as string,
    });
    const usage = await run(['app', 'get'], { programName: 'argocd' });
    expect(usage.code).toBe(1);
    expect(usage.stdout).toContain('Usage:\n  argocd app get APPNAME [flags]');
    expect((await run(['app', 'list', '--logformat', 'text'], { programName: 'argocd' })).stderr).toMatch(
      /^time=".*" level=fatal msg="/,
    );
  });

  it('unknown commands: a suggestion, exit code 2; as argocd the help, exit code 1', async () => {
    expect(await run(['app', 'snyc'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: There is no command "app snyc".\ntry: windlass app sync\n',
    });
    expect((await run(['app', 'snyc'], { programName: 'argocd' })).stdout).toMatch(/^Manage applications\n/);
  });

  it('every command has help with examples of its own', async () => {
    const { groups, commands } = await loadTree(buildTree('windlass', []));
    const paths = [
      ...commands.map(({ name }) => [name]),
      ...groups.flatMap(({ group, commands: verbs }) => verbs.map(({ name }) => [group.name, name])),
    ];
    for (const path of paths) {
      const { code, stdout } = await run([...path, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`windlass ${path.join(' ')}`);
      expect(stdout).toMatch(/Examples:\n {2}\S/);
      expect((await run(['help', ...path])).stdout).toBe(stdout);
    }
  });

  it('takes commands of the composition root', async () => {
    const up = defineCommand({
      name: 'up',
      summary: 'Start',
      isLocal: true,
      options: [{ name: 'port', type: 'string', summary: 'Port' }],
      examples: ['windlass up'],
      run: ({ flags }) => Promise.resolve(Number(flags.text('port'))),
    });
    expect((await run(['up', '--port', '7'], { up: [up] })).code).toBe(7);
  });

  it.each(['bash', 'zsh', 'fish'])('completion %s names every command', async (shell) => {
    const { stdout } = await run(['completion', shell]);
    for (const word of ['terminate-op', 'app-namespace', 'why', 'propagation-policy']) expect(stdout).toContain(word);
  });

  it('colours only where people look, and never with NO_COLOR', async () => {
    expect((await run(['app', 'list'], { isTerminal: true })).stderr).toContain('\u001b[');
    expect((await run(['app', 'list'], { isTerminal: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001b[');
  });

  it('down stops the process that holds the data directory', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'windlass-down-'));
    mkdirSync(join(cwd, '.windlass'));
    expect((await run(['down'], { cwd })).stdout).toContain('Nothing runs in');
    const child = spawn('sleep', ['60']);
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    writeFileSync(join(cwd, '.windlass', 'windlass.pid'), String(child.pid));
    utimesSync(join(cwd, '.windlass', 'windlass.pid'), 1, 1);
    expect((await run(['down'], { cwd })).stdout, 'a number that another process has got since').toContain(
      'Nothing runs in',
    );
    writeFileSync(join(cwd, '.windlass', 'windlass.pid'), String(child.pid));
    expect((await run(['down'], { cwd })).stdout).toContain(`Stopped (process ${child.pid}).`);
    expect(await ended).toBe('SIGTERM');
    expect((await run(['status'], { cwd })).code).toBe(1);
  });
});

describe('docs/reference/cli.md', () => {
  it('is what the command tree says now', async () => {
    expect(readFileSync(cliReferencePath, 'utf8')).toBe(await renderCliReference());
  });
});
