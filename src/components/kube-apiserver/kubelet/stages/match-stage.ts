import type { ContainerFacts } from './container-facts.ts';
import type { ContainerStage } from './container-stages.ts';

/** The next thing that happens to a container with these facts; undefined when it rests. */
export function matchStage(stages: readonly ContainerStage[], facts: ContainerFacts): ContainerStage | undefined {
  return stages.find(({ match }) =>
    Object.entries(match).every(([fact, wanted]) => {
      const value: unknown = facts[fact as keyof ContainerFacts];
      return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
    }),
  );
}
