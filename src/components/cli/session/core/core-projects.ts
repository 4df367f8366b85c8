import { appProjectType } from '#core/api';
import type { AppProject } from '#core/api';
import { isNotFound } from '#libs/kube';
import { buildDefaultProject } from '#services/projects';
import type { ProjectOperations } from '../session.ts';
import type { CoreContext } from './core-context.ts';

/** Projects as custom resources. The project `default` exists even where nobody made it yet. */
export function createProjects({ client, namespace, signal }: CoreContext): ProjectOperations {
  return {
    async list() {
      const { items } = await client.list(appProjectType, { namespace, signal });
      return items as unknown[] as AppProject[];
    },
    async get(name) {
      try {
        return toProject(await client.get(appProjectType, name, { namespace, signal }));
      } catch (error) {
        if (isNotFound(error) && name === 'default') return buildDefaultProject(namespace);
        throw error;
      }
    },
  };
}

function toProject(object: object): AppProject {
  return object as AppProject;
}
