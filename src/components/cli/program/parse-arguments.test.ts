import { describe, expect, it } from 'vitest';
import type { CommandDefinition } from './command-definition.ts';
import { defineCommand } from './command-definition.ts';
import { parseArguments } from './parse-arguments.ts';

const command: CommandDefinition = defineCommand({
  name: 'sync',
  summary: 'Sync',
  args: [{ name: 'APP', required: true, variadic: true }],
  options: [
    { name: 'prune', short: 'p', type: 'boolean', summary: '' },
    { name: 'cascade', type: 'boolean', summary: '', default: 'true' },
    { name: 'output', short: 'o', type: 'string', summary: '', default: 'wide', choices: ['wide', 'json'] },
    { name: 'resource', type: 'strings', summary: '' },
    { name: 'info', type: 'pairs', summary: '' },
    { name: 'timeout', type: 'integer', summary: '', default: '0' },
    { name: 'namespace', type: 'string', summary: '' },
  ],
  examples: [],
  run: () => Promise.resolve(),
});
const globals = [
  { name: 'namespace', short: 'n', type: 'string', summary: '' },
  { name: 'core', type: 'boolean', summary: '' },
] as const;

function parse(line: string) {
  const parsed = parseArguments(command, globals, line.split(' '));
  if (parsed.type === 'help') throw new Error('Help was not asked for.');
  return parsed;
}

describe('parseArguments', () => {
  it('reads flags as cobra writes them', () => {
    const { args, flags } = parse(
      'a --prune=false --cascade=false -o=json b --resource x --resource y,z --info k=a=b --core',
    );
    expect(args).toEqual(['a', 'b']);
    expect([flags.is('prune'), flags.isSet('prune'), flags.is('cascade'), flags.is('core')]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(flags.text('output')).toBe('json');
    expect(flags.list('resource')).toEqual(['x', 'y,z']);
    expect(flags.pairs('info')).toEqual([['k', 'a=b']]);
  });

  it('knows defaults from what was written', () => {
    const { flags } = parse('a');
    expect([flags.is('cascade'), flags.isSet('cascade'), flags.text('output'), flags.integer('timeout')]).toEqual([
      true,
      false,
      'wide',
      0,
    ]);
  });

  it("keeps a command's own flag apart from the one that all have", () => {
    const { flags } = parse('a --namespace demo');
    expect(flags.text('namespace')).toBe('demo');
    expect(flags.globalText('namespace')).toBeUndefined();
  });

  it.each([
    ['a --frob', "Unknown option '--frob'."],
    ['--prune', "Missing required argument 'APP'."],
    ['a --output xml', '--output: "xml" is not one of wide, json.'],
    ['a --prune=maybe', '--prune: "maybe" is neither "true" nor "false".'],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
  });

  it('values of the wrong form are usage errors', () => {
    expect(() => parse('a --timeout soon').flags.integer('timeout')).toThrow('"soon" is not a whole number');
    expect(() => parse('a --info x').flags.pairs('info')).toThrow('not of the form key=value');
  });

  it('--help wins over everything but what follows --', () => {
    expect(parseArguments(command, globals, ['--frob', '--help'])).toEqual({ type: 'help' });
    expect(parse('-- --help').args).toEqual(['--help']);
  });
});
