import { isRecord } from '#base/json';
import type { ConcretePath } from './find-paths.ts';

/** The value without what lies at the paths. Missing paths are no error. Shares structure with the input. */
export function withoutPaths<T>(value: T, paths: readonly ConcretePath[]): T {
  return paths.length === 0 ? value : (prune(value, branchOf(paths)) as T);
}

/** `removed` = the value itself goes. */
interface Branch {
  removed: boolean;
  readonly below: Map<string | number, Branch>;
}

function branchOf(paths: readonly ConcretePath[]): Branch {
  const root: Branch = { removed: false, below: new Map() };
  for (const path of paths) {
    let branch = root;
    for (const step of path) {
      let next = branch.below.get(step);
      if (next === undefined) branch.below.set(step, (next = { removed: false, below: new Map() }));
      branch = next;
    }
    branch.removed = true;
  }
  return root;
}

function prune(value: unknown, branch: Branch): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const next = branch.below.get(index);
      if (next === undefined) return [item];
      return next.removed ? [] : [prune(item, next)];
    });
  }
  if (!isRecord(value)) return value;
  const copy = { ...value };
  for (const [key, next] of branch.below) {
    if (typeof key !== 'string' || !Object.hasOwn(copy, key)) continue;
    if (next.removed) delete copy[key];
    else copy[key] = prune(copy[key], next);
  }
  return copy;
}
