import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTree, globalFlags, loadTree } from '#components/cli';
import type { CommandDefinition } from '#components/cli';

interface SurfaceFlag {
  readonly name: string;
  readonly short?: string;
  readonly type: string;
  readonly default?: string;
}

interface Surface {
  readonly globalFlags: readonly SurfaceFlag[];
  readonly commands: Readonly<Record<string, { readonly flags: readonly SurfaceFlag[] }>>;
}

const dataDir = process.env['WINDLASS_TEST_DATA'];
const surface: Surface =
  dataDir === undefined
    ? { globalFlags: [], commands: {} }
    : (JSON.parse(readFileSync(join(dataDir, 'argocd-surface/cli.json'), 'utf8')) as Surface);

describe.skipIf(dataDir === undefined)("Argo CD's flags (needs WINDLASS_TEST_DATA)", () => {
  it('all global ones are accepted', () => {
    expect(missingFlags(surface.globalFlags, globalFlags)).toEqual([]);
  });

  it('all flags of every served command are accepted, with their short names, kinds and defaults', async () => {
    const { groups, commands } = await loadTree(buildTree('argocd', []));
    const served: readonly (readonly [string, CommandDefinition])[] = [
      ...commands.map((definition) => [`argocd ${definition.name}`, definition] as const),
      ...groups.flatMap(({ group, commands: verbs }) =>
        verbs.map((verb) => [`argocd ${group.name} ${verb.name}`, verb] as const),
      ),
    ];
    const missing = served.flatMap(([path, { options = [], isLocal }]) =>
      missingFlags(surface.commands[path]?.flags ?? [], [...options, ...(isLocal === true ? [] : globalFlags)]).map(
        (flag) => `${path} ${flag}`,
      ),
    );
    expect(missing).toEqual([]);
    expect(served).toHaveLength(26);
  });
});

const kinds: Readonly<Record<string, readonly string[]>> = {
  bool: ['boolean'],
  int: ['integer'],
  uint: ['integer'],
  duration: ['duration', 'string'],
  string: ['string', 'duration'],
  strings: ['strings', 'pairs'],
  stringArray: ['strings', 'pairs'],
  int64Slice: ['strings'],
  stringToString: ['pairs'],
};

function missingFlags(
  wanted: readonly SurfaceFlag[],
  served: NonNullable<CommandDefinition['options']>,
): readonly string[] {
  return wanted.flatMap(({ name, short, type, default: fallback }) => {
    const found = served.find((option) => option.name === name);
    if (found === undefined) return [`--${name} is missing`];
    const problems = [];
    if (short !== undefined && found.short !== short) problems.push(`-${short} is missing for --${name}`);
    if (kinds[type] !== undefined && !kinds[type].includes(found.type))
      problems.push(`--${name} is ${found.type}, not ${type}`);
    const isScalar = fallback !== undefined && !fallback.startsWith('[');
    if (isScalar && found.default !== fallback)
      problems.push(`--${name} defaults to ${found.default ?? 'nothing'}, not ${fallback}`);
    return problems;
  });
}
