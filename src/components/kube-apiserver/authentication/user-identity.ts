/** Who calls: what tokens and impersonation headers come down to. */
export interface UserIdentity {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const anonymous: UserIdentity = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] });

/** The embedded server's administrator and its own controllers. */
export const administrator: UserIdentity = Object.freeze({
  name: 'admin',
  uid: 'admin',
  groups: ['system:masters', 'system:authenticated'],
});
