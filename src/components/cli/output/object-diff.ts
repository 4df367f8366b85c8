import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '#base/exec';
import { tempDir } from '#base/tempdir';
import type { KubeObject } from '#libs/kube';
import type { Invocation } from '../program/invocation.ts';
import { splitWords } from '../program/split-words.ts';
import type { ResourceComparison } from '../session/session.ts';
import { renderClassicDiff, renderUnifiedDiff } from './diff-text.ts';
import { renderObject } from './render-object.ts';

/**
 * From the live object to what applying would leave, as YAML: classic as `argocd`, unified as `windlass`, or what the program in
 * KUBECTL_EXTERNAL_DIFF prints. '' when the two read alike.
 */
export async function renderObjectDiff(
  { terminal, program, env, clock }: Invocation,
  { desired, live, comparison }: ResourceComparison,
): Promise<string> {
  const [before, after] = [toYaml(live), toYaml(desired === undefined ? undefined : (comparison.predicted ?? desired))];
  const external = splitWords(env['KUBECTL_EXTERNAL_DIFF'] ?? '');
  if (external.length > 0)
    return runExternal(external, { before, after, name: comparisonName(live ?? desired), clock, path: env['PATH'] });
  if (program === 'argocd') return renderClassicDiff(before, after);
  return renderUnifiedDiff(before, after, (line) => {
    if (line.startsWith('@@')) return terminal.style('cyan', line);
    if (line.startsWith('-')) return terminal.style('red', line);
    return line.startsWith('+') ? terminal.style('green', line) : line;
  });
}

/** Without what only the server writes and what nobody compares. */
function toYaml(object: KubeObject | undefined): string {
  if (object === undefined) return '';
  const { status: _status, ...rest } = object;
  const {
    managedFields: _fields,
    resourceVersion: _version,
    uid: _uid,
    generation: _generation,
    creationTimestamp: _created,
    selfLink: _link,
    ...metadata
  } = rest.metadata;
  return renderObject({ ...rest, metadata }, 'yaml');
}

function comparisonName(object: KubeObject | undefined): string {
  return (object?.metadata.name ?? 'object').replaceAll(/[^\w.-]/g, '_');
}

interface ExternalDiff {
  readonly before: string;
  readonly after: string;
  readonly name: string;
  readonly clock: Invocation['clock'];
  readonly path: string | undefined;
}

async function runExternal([program = '', ...args]: readonly string[], input: ExternalDiff): Promise<string> {
  await using directory = await tempDir('windlass-diff-');
  const [live, merged] = [join(directory.path, `${input.name}-live.yaml`), join(directory.path, input.name)];
  await writeFile(live, input.before, { mode: 0o600 });
  await writeFile(merged, input.after, { mode: 0o600 });
  const env = { PATH: input.path ?? '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
  const { stdout } = await exec(program, [...args, live, merged], { env, okCodes: [0, 1], clock: input.clock });
  return stdout.toString('utf8');
}
