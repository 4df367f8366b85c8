import type { Clock } from '#base/clock';
import { counter, histogram } from '#base/metrics';
import type { Registry } from '#base/metrics';
import { displayUrl } from './remote-url.ts';

type RequestType = 'ls-remote' | 'fetch';

/** Counts what the store does, under the names that dashboards for Argo CD ask for (`compatibility.md` n). */
export interface GitMetrics {
  /** A process of Git was started. */
  readonly process: (command: string) => void;
  /** Measures one request to a Git server. `revision` is what a failure is filed under. */
  request<T>(
    type: RequestType,
    about: { readonly url: string; readonly revision: string },
    work: () => Promise<T>,
  ): Promise<T>;
}

/** Without a registry nothing is counted. */
export function createGitMetrics(registry: Registry | undefined, clock: Clock): GitMetrics {
  if (!registry) return { process: () => undefined, request: (_type, _about, work) => work() };
  const processes = counter(registry, 'windlass_git_processes_total', 'Git processes started.', ['command']);
  const requests = counter(registry, 'argocd_git_request_total', 'Requests to Git servers.', ['repo', 'request_type']);
  const durations = histogram(registry, 'argocd_git_request_duration_seconds', 'Time of requests to Git servers.', [
    'repo',
    'request_type',
  ]);
  const failures = {
    'ls-remote': counter(registry, 'argocd_git_lsremote_fail_total', 'Failed requests for refs.', ['repo', 'revision']),
    fetch: counter(registry, 'argocd_git_fetch_fail_total', 'Failed fetches.', ['repo', 'revision']),
  };
  return {
    process: (command) => processes.inc({ command }),
    async request(type, { url, revision }, work) {
      const repo = displayUrl(url);
      const started = clock.monotonic();
      requests.inc({ repo, request_type: type });
      try {
        return await work();
      } catch (error) {
        failures[type].inc({ repo, revision });
        throw error;
      } finally {
        durations.observe({ repo, request_type: type }, (clock.monotonic() - started) / 1000);
      }
    },
  };
}
