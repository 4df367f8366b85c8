import type { Strategy } from '../strategy.ts';

export const apiServiceStrategy: Partial<Strategy> = { nameRule: 'path-segment', statusKeepsMetadata: true };
