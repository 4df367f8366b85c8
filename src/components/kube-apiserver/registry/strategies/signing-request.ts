import type { Strategy } from '../strategy.ts';
import { makeFields } from './fields.ts';

/** A signing request names who made it; nobody can claim to be somebody else. */
export const signingRequestStrategy: Partial<Strategy> = {
  prepareCreate(request, { user }) {
    const spec = makeFields(request, 'spec');
    spec['username'] = user.name;
    spec['groups'] = user.groups;
    if (user.uid !== undefined) spec['uid'] = user.uid;
    if (user.extra !== undefined) spec['extra'] = user.extra;
  },
};
