import type { SyncTask } from '#core/engine';
import { KubeApiError } from '#libs/kube';
import type { StepContext } from './step-context.ts';

/**
 * Why the server refused an object, in the words that a create or update gets. Server-side apply answers a type error in terms of
 * its own merge; the same object sent as a dry run says which field is wrong. Costs a call only after a failure.
 */
export async function applyRefusal(error: KubeApiError, task: SyncTask, context: StepContext): Promise<string> {
  const { cluster, signal } = context;
  const type = cluster.resource({ ...task.key, version: task.version });
  const isTypeError = error.httpStatus === 500 || error.httpStatus === 400;
  if (!isTypeError || type === undefined || task.desired === undefined || task.action !== 'apply') return error.message;
  // The merge's own words may quote what a Secret holds.
  const isSecret = task.key.kind === 'Secret' && task.key.group === '';
  const words = isSecret ? `The Secret "${task.key.name}" does not have the form of a Secret.` : error.message;
  try {
    await cluster.client.create(type, task.desired, { dryRun: true, fieldValidation: 'Ignore', signal });
    return words;
  } catch (plain) {
    return plain instanceof KubeApiError && plain.httpStatus === 400 ? plain.message : words;
  }
}
