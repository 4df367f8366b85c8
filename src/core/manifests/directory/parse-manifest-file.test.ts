import { describe, expect, it } from 'vitest';
import { parseManifestFile } from './parse-manifest-file.ts';

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const names = (text: string, file = 'a.yaml') =>
  parseManifestFile(text, file).objects.map(({ object }) => object.metadata.name);

describe('parseManifestFile', () => {
  it('reads documents, expands lists and knows the line of each object', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${configMap('b').trim().replaceAll('\n', '\n  ')}\n`;
    const text = `# comment\n---\n${configMap('a')}---\n---\n${list}`;
    expect(names(text)).toEqual(['a', 'b']);
    expect(parseManifestFile(text, 'a.yaml').objects[0]).toMatchObject({ file: 'a.yaml', line: 3 });
  });

  it('leaves out YAML that is no manifest, and says so', () => {
    expect(parseManifestFile('image: nginx\n', 'values.yaml')).toMatchObject({
      objects: [],
      skipped: expect.any(String),
    });
    expect(parseManifestFile('{{ if .x }}\nfoo: bar\n{{ end }}', 'x.yaml').objects).toEqual([]);
    expect(parseManifestFile('apiVersion: v1\nmetadata: {name: a}\n', 'no-kind.yaml').objects).toEqual([]);
    expect(parseManifestFile(`# +argocd:skip-file-rendering\n${configMap('a')}`, 'a.yaml').objects).toEqual([]);
  });

  it.each([
    [
      'broken YAML of a manifest',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\ndata: {}\n',
      /a\.yaml.*line 4|line 4/,
    ],
    ['a broken document after a good one', `${configMap('a')}---\nfoo\n`, /no Kubernetes object/],
    ['broken JSON in a YAML file', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"', /a\.yaml/],
    ['an object without name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n', /has no name/],
    ['a name that is a number', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 12}\n', /must be a string, not 12/],
  ])('fails for %s', (_what, text, message) => {
    expect(() => parseManifestFile(text, 'a.yaml')).toThrow(message);
  });

  it('reads one object from JSON and keeps its integers', () => {
    const text = '{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"n":9007199254740993}';
    expect(parseManifestFile(text, 'a.json').objects[0]?.object['n']).toBe(9007199254740993n);
    expect(() => parseManifestFile('[]', 'a.json')).toThrow(/one object/);
    expect(() => parseManifestFile('['.repeat(100_000), 'a.json')).toThrow(/nests deeper/);
  });
});
