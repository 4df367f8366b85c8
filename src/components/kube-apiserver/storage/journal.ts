import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { WindlassError } from '#base/errors';
import type { KubeObject } from '#libs/kube';

const schemaVersion = 1;

export interface StoredRow {
  readonly collection: string;
  readonly key: string;
  readonly object: KubeObject;
}

export interface PendingWrite {
  readonly collection: string;
  readonly key: string;
  /** Absent when the object was deleted. */
  readonly value?: string;
}

/** The objects on disk: SQLite in WAL mode, several writes per commit. A killed process loses no answered write. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #getMeta: StatementSync;

  /** `path` is a file or ":memory:". Throws when the file was written by a newer Windlass. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#migrate(path);
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO objects (collection, key, value) VALUES (?, ?, ?)');
    this.#remove = this.#database.prepare('DELETE FROM objects WHERE collection = ? AND key = ?');
    this.#setMeta = this.#database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
    this.#getMeta = this.#database.prepare('SELECT value FROM meta WHERE name = ?');
  }

  #migrate(path: string): void {
    const { user_version: found } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found > schemaVersion) {
      throw new WindlassError({
        code: 'STORE_TOO_NEW',
        kind: 'FailedPrecondition',
        message: `The cluster state in "${path}" has format ${found}, this version reads up to ${schemaVersion}.`,
        hint: 'Start the Windlass that wrote it, or choose another data directory.',
      });
    }
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS objects (collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key));
      CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      PRAGMA user_version = ${schemaVersion};`);
  }

  *rows(): Generator<StoredRow> {
    const rows = this.#database
      .prepare('SELECT collection, key, value FROM objects ORDER BY collection, key')
      .iterate();
    for (const row of rows as Iterable<{ collection: string; key: string; value: string }>) {
      yield { collection: row.collection, key: row.key, object: JSON.parse(row.value) as KubeObject };
    }
  }

  meta(name: string): string | undefined {
    return (this.#getMeta.get(name) as { value: string } | undefined)?.value;
  }

  setMeta(name: string, value: string): void {
    this.#setMeta.run(name, value);
  }

  /** Writes everything in one transaction, with the revision reached. */
  write(writes: readonly PendingWrite[], revision: number): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { collection, key, value } of writes) {
        if (value === undefined) this.#remove.run(collection, key);
        else this.#put.run(collection, key, value);
      }
      this.#setMeta.run('revision', String(revision));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}
