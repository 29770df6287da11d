/** The metrics of journals, of the table of metrics. */

import type { StoreFacts } from './facts.ts';
import { by, census, counter, type Family, gauge, type Read } from './family.ts';

const READ_ONLY_CODES = ['GOX_JOURNAL_DAMAGED', 'GOX_JOURNAL_FAILED', 'GOX_JOURNAL_FULL'];

/** A figure of all journals together; nothing where projects are not kept. */
const inStore = (read: (store: StoreFacts) => number): Read => {
  return ({ store }) => (store === undefined ? [] : read(store));
};

type Summed = 'segment_bytes' | 'snapshot_bytes' | 'pending_bytes';

function sumOf(name: Summed, { journals }: StoreFacts): number {
  let sum = 0;
  for (const { figures } of journals) sum += figures?.[name] ?? 0;
  return sum;
}

export const JOURNALS: readonly Family[] = [
  gauge(
    'goxel_journal_bytes',
    'Bytes of the journals of projects that are written, by kind of file.',
    function* ({ store }) {
      if (store === undefined) return;
      yield [{ kind: 'segments' }, sumOf('segment_bytes', store)];
      yield [{ kind: 'snapshots' }, sumOf('snapshot_bytes', store)];
    },
    'kind',
  ),
  gauge(
    'goxel_journal_pending_bytes',
    'Bytes of edits that wait for the disk.',
    inStore((store) => sumOf('pending_bytes', store)),
  ),
  counter(
    'goxel_journal_edits_total',
    'Edits that were written to journals.',
    inStore(({ meter }) => meter.edits),
  ),
  counter(
    'goxel_journal_written_bytes_total',
    'Bytes of these edits.',
    inStore(({ meter }) => meter.bytes),
  ),
  counter(
    'goxel_journal_writes_total',
    'Writes of one or many edits, each with a sync if journal.sync is always.',
    inStore(({ meter }) => meter.writes),
  ),
  counter(
    'goxel_journal_write_seconds_total',
    'Time that these writes took.',
    inStore(({ meter }) => meter.write_ms / 1000),
  ),
  counter(
    'goxel_journal_failures_total',
    'How often a journal had no room (full), or failed for good (failed).',
    function* ({ store }) {
      if (store === undefined) return;
      const { full, failed } = store.meter;
      yield* by('kind', Object.entries({ full, failed }));
    },
    'kind',
  ),
  gauge(
    'goxel_projects_read_only',
    'Projects that take no edits, by the code of the error.',
    ({ projects }) => {
      const errors = projects.flatMap(({ read_only }) => read_only ?? []);
      return census(
        'code',
        errors.map(({ code }) => code),
        READ_ONLY_CODES,
      );
    },
    'code',
  ),
  counter(
    'goxel_project_recoveries_total',
    'Projects that were made anew: read from the disk, or recovered after their thread died.',
    ({ remade }) => by('how', Object.entries(remade)),
    'how',
  ),
];
