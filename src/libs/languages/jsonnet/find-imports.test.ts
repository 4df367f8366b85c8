import { describe, expect, it } from 'vitest';
import { findImports } from './find-imports.ts';

describe('findImports', () => {
  it('finds every literal, however it is written', () => {
    const text = `
      local a = import 'a.libsonnet';
      local b = (import "b/\\u0063.libsonnet");
      local c = importstr@'c''.txt';
      local d = import /* comment */ // and more
        "d.jsonnet";
      local imported = 1; # import "e.jsonnet"
      { f: importbin "f.bin" }
    `;
    expect(findImports(text).map(({ type, path }) => `${type} ${path}`)).toEqual([
      'import a.libsonnet',
      'import b/c.libsonnet',
      'importstr c',
      'import d.jsonnet',
      'import e.jsonnet',
      'importbin f.bin',
    ]);
  });
});
