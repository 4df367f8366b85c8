import type { Application } from '#core/api';
import { sourcesOf } from '../session/sources-of.ts';
import { renderTable } from './table.ts';

/** Helm parameters that the application overrides; '' when there are none. Pure. */
export function renderParameters(application: Application): string {
  const rows = sourcesOf(application).flatMap(({ helm }) =>
    (helm?.parameters ?? []).map(({ name = '', value = '' }) => [name, value]),
  );
  return rows.length === 0 ? '' : renderTable(['NAME', 'VALUE'], rows);
}
