import { isAbortError, toWindlassError } from '#base/errors';
import { applicationType } from '#core/api';
import type { Application } from '#core/api';
import { isExpired } from '#libs/kube';
import type { ApplicationRef } from '../session.ts';
import { toApplication } from './to-application.ts';
import type { CoreContext } from './core-context.ts';

const firstPauseMs = 100;
const longestPauseMs = 2000;

/**
 * The application now and after every change; undefined when it is gone. A lost connection is made again and the state read anew,
 * so that no change is missed for good. Ends when the signal aborts; throws what trying again cannot help.
 */
export async function* watchApplication(
  { client, clock }: CoreContext,
  { namespace, name }: ApplicationRef,
  signal: AbortSignal,
): AsyncIterable<Application | undefined> {
  const place = { namespace, fieldSelector: `metadata.name=${name}`, signal };
  let pauseMs = firstPauseMs;
  let seen: string | undefined;
  while (!signal.aborted) {
    try {
      const { items, metadata } = await client.list(applicationType, place);
      const current = items[0];
      const version = current?.metadata.resourceVersion ?? 'gone';
      if (version !== seen) yield current && toApplication(current);
      seen = version;
      for await (const event of client.watch(applicationType, {
        ...place,
        resourceVersion: metadata.resourceVersion ?? '0',
      })) {
        pauseMs = firstPauseMs;
        if (event.type === 'BOOKMARK') continue;
        seen = event.type === 'DELETED' ? 'gone' : event.object.metadata.resourceVersion;
        yield event.type === 'DELETED' ? undefined : toApplication(event.object);
      }
    } catch (error) {
      if (signal.aborted || isAbortError(error)) return;
      const { retry } = toWindlassError(error);
      if (retry === 'never' && !isExpired(error)) throw error;
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
