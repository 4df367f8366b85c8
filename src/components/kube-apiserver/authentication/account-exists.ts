import type { Store } from '../storage/store.ts';

export interface AccountReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A token ends with its service account. */
export function accountExists(store: Store, { namespace, name, uid }: AccountReference): boolean {
  return store.collection('serviceaccounts').get(`${namespace}/${name}`)?.object.metadata.uid === uid;
}
