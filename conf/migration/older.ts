/** A file of goxel-daemon, read as it stands, with what is to be said of its keys. */

import type { Source } from '../assignment.ts';
import { OURS } from './layouts.ts';
import { migrate } from './migrate.ts';
import { migrationNotes } from './report.ts';

/** @returns undefined for one of ours, and for what is of no layout that is known */
export function fromOlder(text: string, name: string): Source | undefined {
  const migration = migrate(text, name);
  if ('problems' in migration || migration.layout === OURS) return undefined;
  const assignments = migration.kept.map(({ key, value, origin, from }) => {
    return { key, value, origin, written: from };
  });
  return { assignments, problems: [], warnings: migrationNotes(migration) };
}
