import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorReferencePath, findErrorCodes, renderErrorReference } from './generate-error-reference.ts';

describe('docs/reference/errors.md', () => {
  it('lists every code that the sources throw, and no other', () => {
    expect(readFileSync(errorReferencePath, 'utf8')).toBe(renderErrorReference(findErrorCodes()));
  });
});
