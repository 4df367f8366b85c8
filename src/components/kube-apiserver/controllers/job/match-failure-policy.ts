import type { Job, PodFailurePolicyRule } from '../kinds/batch.ts';
import type { Pod } from '../kinds/pod.ts';
import { podCondition } from '../kinds/pod.ts';

export interface PolicyVerdict {
  readonly action: PodFailurePolicyRule['action'];
  /** Why the whole job fails, in the controller's words. */
  readonly message: string;
}

/** The first rule of a job's failure policy that a failed pod meets; undefined lets it count as usual. */
export function matchFailurePolicy(job: Job, pod: Pod): PolicyVerdict | undefined {
  const rules = job.spec.podFailurePolicy?.rules ?? [];
  for (const [n, rule] of rules.entries()) {
    const message = matchRule(rule, pod);
    if (message) return { action: rule.action, message: `${message} matching ${rule.action} rule at index ${n}` };
  }
  return undefined;
}

function matchRule({ onExitCodes, onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const where = `pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  if (onExitCodes) {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    for (const { name, state } of statuses) {
      const code = state.terminated?.exitCode;
      if (code === undefined || code === 0 || (onExitCodes.containerName && onExitCodes.containerName !== name))
        continue;
      if (onExitCodes.values.includes(code) === (onExitCodes.operator === 'In'))
        return `Container ${name} for ${where} failed with exit code ${code}`;
    }
  }
  const found = onPodConditions.find(({ type, status = 'True' }) => podCondition(pod, type)?.status === status);
  return found && `${where[0]?.toUpperCase()}${where.slice(1)} has condition ${found.type}`;
}
