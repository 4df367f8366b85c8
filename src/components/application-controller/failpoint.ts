export type Failpoint = (name: string) => void | Promise<void>;

/** The writes that a test can end the process around. */
export type WriteName =
  | 'status'
  | 'apply'
  | 'create'
  | 'replace'
  | 'migrate'
  | 'prune'
  | 'delete-hook'
  | 'release-hook'
  | 'cascade'
  | 'finalizers'
  | 'project'
  | 'event';

/** Runs one write between its two failpoints. */
export async function atFailpoint<T>(
  failpoint: Failpoint | undefined,
  name: WriteName,
  write: () => Promise<T>,
): Promise<T> {
  if (failpoint === undefined) return write();
  await failpoint(`before-${name}`);
  const result = await write();
  await failpoint(`after-${name}`);
  return result;
}
