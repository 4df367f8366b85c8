import type { UserIdentity } from '../authentication/user-identity.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** What a call carries beside its object: who, how, and where warnings go. */
export interface CallContext {
  readonly user: UserIdentity;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Sent as Warning headers; filled by the operation. */
  readonly warnings: string[];
}
