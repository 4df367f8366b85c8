import type { Application } from '#core/api';
import { assessHealth } from '#core/engine';
import type { HealthAssessment } from '#core/engine';
import { formatResourceKey } from '#libs/kube';
import type { ResourceNode } from '../session/session.ts';
import type { ApplicationFacts, Cause } from './explanation.ts';

const bad: ReadonlySet<string> = new Set(['Degraded', 'Progressing', 'Suspended', 'Unknown', 'Missing']);
const maxCauses = 10;

interface Unhealthy {
  readonly path: readonly ResourceNode[];
  readonly health: HealthAssessment;
}

/** Unhealthy resources by what lies deepest below them: a pod that cannot start rather than its Deployment. Pure. */
export function explainHealth(application: Application, { tree }: ApplicationFacts): readonly Cause[] {
  const rows = (application.status?.resources ?? []).filter(({ health }) => bad.has(health?.status ?? ''));
  const found = (tree ?? []).flatMap((node) => deepest(node, []));
  const covered = new Set(found.map(({ path }) => formatResourceKey((path[0] as ResourceNode).key)));
  const name = application.metadata.name ?? '';
  const fromTree = found.slice(0, maxCauses).map((one) => toCause(one, name));
  const fromStatus = rows
    .map(({ group = '', kind = '', namespace = '', name: resource = '', health }) => ({
      key: { group, kind, namespace, name: resource },
      health,
    }))
    .filter(({ key }) => !covered.has(formatResourceKey(key)))
    .map(({ key, health }): Cause => ({
      rule: health?.status === 'Missing' ? 'missing' : 'res.unhealthy',
      text: `${key.kind}/${key.name} is ${health?.status ?? 'Unknown'}${health?.message ? `: ${health.message}` : '.'}`,
      object: key,
      since: health?.lastTransitionTime,
      evidence: [],
    }));
  return [...fromTree, ...fromStatus];
}

/** The unhealthy nodes that have none below them. */
function deepest(node: ResourceNode, above: readonly ResourceNode[]): readonly Unhealthy[] {
  const path = [...above, node];
  const below = node.children.flatMap((child) => deepest(child, path));
  if (below.length > 0) return below;
  const health = assessHealth(node.object);
  return health !== undefined && bad.has(health.status) ? [{ path, health }] : [];
}

function toCause({ path, health }: Unhealthy, application: string): Cause {
  const { key } = path.at(-1) as ResourceNode;
  const [root] = path as [ResourceNode];
  return {
    rule: health.verdict.code,
    text: `${key.kind}/${key.name} is ${health.status}: ${health.message || health.verdict.sentence}`,
    object: key,
    chain: [application, ...path.map((node) => `${node.key.kind}/${node.key.name}`)],
    evidence: [],
    ...(key.kind === 'Pod'
      ? { next: `windlass app logs ${application} --kind ${root.key.kind} --name ${root.key.name}` }
      : {}),
  };
}
