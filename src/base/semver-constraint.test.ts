import { describe, expect, it } from 'vitest';
import { compareSemver, highestMatching, parseSemver, parseSemverConstraint } from './semver-constraint.ts';
import type { Semver } from './semver-constraint.ts';

function holds(constraint: string, version: string): boolean | undefined {
  return parseSemverConstraint(constraint)?.(parseSemver(version) as Semver);
}

describe('parseSemverConstraint', () => {
  it.each([
    ['1.2.3', '1.2.3', true],
    ['1.2', '1.2.9', true],
    ['1.2', '1.3.0', false],
    ['1', '1.9.9', true],
    ['v1.x', '1.4.0', true],
    ['1.2.*', 'v1.2.7', true],
    ['*', '0.0.1', true],
    ['*', '1.0.0-rc.1', false],
    ['>=1.0.0-0', '1.0.0-rc.1', true],
    ['>=1.0.0', '2.0.0-rc.1', false],
    ['>=1.2, <2', '1.9.0', true],
    ['>=1.2 <2', '2.0.0', false],
    ['>= 1.2 , < 2', '1.2.0', true],
    ['=>1.2', '1.2.0', true],
    ['=<1.2', '1.2.9', true],
    ['<=1.2.0', '1.2.1', false],
    ['>1.2', '1.2.9', false],
    ['>1.2', '1.3.0', true],
    ['!=1.2.3', '1.2.4', true],
    ['!=1.2', '1.2.4', false],
    ['~1.2.3', '1.2.9', true],
    ['~1.2.3', '1.3.0', false],
    ['~1', '1.9.0', true],
    ['~>1.2', '1.2.1', true],
    ['^1.2.3', '1.9.0', true],
    ['^1.2.3', '2.0.0', false],
    ['^0.2.3', '0.2.9', true],
    ['^0.2.3', '0.3.0', false],
    ['^0.0.3', '0.0.4', false],
    ['^0', '0.9.0', true],
    ['1.2 - 1.4', '1.4.9', true],
    ['1.2 - 1.4', '1.5.0', false],
    ['1.0.0 || 2.x', '2.7.0', true],
    ['1.0.0 || 2.x', '1.1.0', false],
  ])('reads %s against %s as %s', (constraint, version, expected) => {
    expect(holds(constraint, version)).toBe(expected);
  });

  it.each(['', 'main', 'feature/x', '>=', '1.2.3.4', 'a1.2', '1.2 ||', 'v1.2-', '>> 1'])('refuses %j', (text) => {
    expect(parseSemverConstraint(text)).toBeUndefined();
  });
});

describe('compareSemver', () => {
  it('orders releases and pre-releases as the specification does', () => {
    const order = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.0.1',
    ];
    const sorted = order
      .toReversed()
      .map((v) => parseSemver(v) as Semver)
      .sort(compareSemver);
    expect(sorted.map((v) => v.original)).toEqual(order);
  });
});

describe('highestMatching', () => {
  it('passes over what is no version and keeps the original spelling', () => {
    const constraint = parseSemverConstraint('1.x') as (v: Semver) => boolean;
    expect(highestMatching(['nightly', 'v1.2', '1.10.0', 'v2.0.0', '1.11.0-rc1'], constraint)).toBe('1.10.0');
  });
});
