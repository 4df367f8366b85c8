import { toWindlassError, WindlassError } from '#base/errors';
import { isSameRepo, normalizeRepoUrl } from '#libs/git';
import {
  hasOwnCredentials,
  matchRepositoryCredential,
  parseRepositorySecret,
  secretTypeOf,
  toWire,
} from '#services/credentials';
import type { KnownCredentials, RepositoryCredential } from '#services/credentials';
import type { ConnectionState, Repository, RepositoryOperations } from '../session.ts';
import type { CoreContext } from './core-context.ts';
import { fnv32a } from './fnv32a.ts';
import { readKnownCredentials, readRepositorySecrets } from './known-credentials.ts';
import { removeSecret, storeSecret } from './managed-secret.ts';

/** Repositories as labelled Secrets (`compatibility.md` h.5). */
export function createRepositories(context: CoreContext): RepositoryOperations {
  return {
    async list() {
      const known = await readKnownCredentials(context);
      return known.repositories
        .map((repository) => toRepository(repository, known))
        .toSorted((a, b) => (a.url < b.url ? -1 : 1));
    },

    test: (repository) => testRepository(context, repository),

    async add(fields, { isUpsert }) {
      const { url = '', project = '' } = fields;
      const name = `repo-${fnv32a(normalizeRepoUrl(url) + project)}`;
      const secret = await storeSecret(
        context,
        { name, type: 'repository', fields },
        { isUpsert, what: `The repository "${url}"` },
      );
      return toRepository(parseRepositorySecret(secret).value, await readKnownCredentials(context));
    },

    async remove(url, project) {
      const secrets = (await readRepositorySecrets(context)).filter((secret) => secretTypeOf(secret) === 'repository');
      const found = secrets.filter((secret) => {
        const { value } = parseRepositorySecret(secret);
        return isSameRepo(value.url, url) && (project === undefined || value.project === project);
      });
      const [secret] = found;
      if (secret === undefined) throw notFound(url);
      if (found.length > 1) throw ambiguous(url);
      await removeSecret(context, secret);
    },
  };
}

function toRepository(repository: RepositoryCredential, known: KnownCredentials): Repository {
  return {
    type: repository.type,
    name: repository.name ?? '',
    url: repository.url,
    project: repository.project ?? '',
    isInsecure: repository.insecure === true,
    isOci: repository.enableOci === true,
    hasLfs: repository.enableLfs === true,
    hasCredentials: hasOwnCredentials(repository),
    inheritsCredentials:
      matchRepositoryCredential(repository.url, known, repository.project).inheritedFrom !== undefined,
  };
}

async function testRepository(context: CoreContext, { url, project }: Repository): Promise<ConnectionState> {
  if (context.repoServer === undefined) return { status: 'Unknown', message: 'Nothing is here that can try it.' };
  try {
    const access = matchRepositoryCredential(url, await readKnownCredentials(context), project || undefined);
    await (await context.repoServer()).testRepository({ repository: toWire(access) }, { signal: context.signal });
    return { status: 'Successful', message: '' };
  } catch (error) {
    return { status: 'Failed', message: toWindlassError(error).message };
  }
}

function notFound(url: string): WindlassError {
  return new WindlassError({
    code: 'REPOSITORY_NOT_FOUND',
    kind: 'NotFound',
    message: `Repository "${url}" is not configured.`,
    hint: 'See the configured ones with "windlass repo list".',
  });
}

function ambiguous(url: string): WindlassError {
  return new WindlassError({
    code: 'REPOSITORY_AMBIGUOUS',
    kind: 'InvalidInput',
    message: `Repository "${url}" is configured for several projects.`,
    hint: 'Name the project with --project.',
  });
}
