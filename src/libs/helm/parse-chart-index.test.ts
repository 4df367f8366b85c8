import { describe, expect, it } from 'vitest';
import { chooseVersion } from './chart-repository.ts';
import { parseChartIndex } from './parse-chart-index.ts';

const entry = (version: string, more = '') =>
  `  - {name: web, version: ${version}, urls: [web-${version}.tgz]${more}}\n`;
const versions = (...list: string[]) => list.map((version) => ({ name: 'web', version, urls: [] }));

describe('parseChartIndex', () => {
  it('reads versions and leaves out what is malformed', () => {
    const text = `apiVersion: v1\nentries:\n  web:\n${entry('1.0.0', ', digest: "sha256:AB"')}${entry('2.0')}  - {version: 3.0.0}\n  - 1\n  - {name: other, version: 1.0.0}\n  bad: 1\n`;
    expect(parseChartIndex(text, 'https://x').charts.get('web')).toEqual([
      { name: 'web', version: '1.0.0', urls: ['web-1.0.0.tgz'], digest: 'ab' },
    ]);
  });

  it.each(['[]', '{"entries": []}', '<html>', 'entries: {web: [', '{'])(
    'refuses %s without naming more than the host',
    (text) => {
      expect(() => parseChartIndex(text, 'https://user:secret@x/charts')).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      );
    },
  );
});

describe('chooseVersion', () => {
  it.each([
    ['1.0.0', '1.0.0'],
    ['v1.0.0', '1.0.0'],
    ['1.x', '1.10.0'],
    ['~1.0', '1.0.0'],
    ['', '1.10.0'],
    ['*', '1.10.0'],
    ['>=2.0.0-0', '2.0.0-rc.1'],
    ['2.0.0-rc.1', '2.0.0-rc.1'],
    ['3.x', undefined],
    ['nonsense', undefined],
  ])('for "%s" takes %s', (wanted, expected) => {
    expect(chooseVersion(versions('1.0.0', '1.2.0', '1.10.0', '2.0.0-rc.1', 'broken'), wanted)?.version).toBe(expected);
  });
});
