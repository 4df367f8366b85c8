import type { ApplicationSummary } from '#core/api';
import type { ResourceVerdict } from '../compare/resource-verdict.ts';
import type { LiveCluster } from '../live/live-cluster.ts';

/** What runs below an application's resources: the images of its pods, as Argo CD counts them. */
export function summarizeTree(cluster: LiveCluster, verdicts: Iterable<ResourceVerdict>): ApplicationSummary {
  const roots = [...verdicts].filter(({ isLive }) => isLive).map(({ key }) => key);
  const images = new Set<string>();
  let isAppOfApps = false;
  for (const { key, images: own } of cluster.index.tree(roots)) {
    if (key.kind === 'Pod' && key.group === '') for (const image of own) images.add(image);
    isAppOfApps ||= key.group === 'argoproj.io' && key.kind === 'Application';
  }
  return {
    ...(images.size === 0 ? {} : { images: [...images].sort() }),
    ...(isAppOfApps ? { isAppOfApps: true } : {}),
  };
}
