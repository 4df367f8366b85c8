import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of an application and its objects at one moment, in the recording's words; a missing fact was not stable there. */
export interface Facts {
  readonly exists?: boolean;
  readonly sync?: string;
  readonly health?: string;
  readonly conditions?: readonly string[];
  readonly messages?: readonly string[];
  readonly resources?: readonly string[];
  readonly phase?: string;
  readonly message?: string;
  readonly results?: readonly string[];
  readonly resultMessages?: readonly string[];
  readonly retries?: number;
  readonly history?: readonly number[];
  readonly sourceType?: unknown;
  readonly summary?: unknown;
  readonly live?: readonly string[];
}

export type Stage = 'one' | 'two' | 'three';

export interface RecordedCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The second commit; null deletes. */
  readonly files2?: Readonly<Record<string, string | null>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly before?: readonly string[];
  readonly do2?: readonly string[];
  readonly answers: Readonly<Partial<Record<Stage, Facts>>>;
}

export interface Recording {
  readonly projects: Readonly<Record<string, unknown>>;
  readonly cases: readonly RecordedCase[];
}

/** Argo CD's answers, from the folder that WINDLASS_TEST_DATA names. */
export function readRecording(dataDir: string): Recording {
  const text = readFileSync(join(dataDir, 'argocd-recorded', 'behaviour.json'), 'utf8');
  const { projects, cases } = JSON.parse(text) as {
    projects: Recording['projects'];
    cases: Record<string, Omit<RecordedCase, 'name'>>;
  };
  return { projects, cases: Object.entries(cases).map(([name, body]) => ({ name, ...body })) };
}
