import type { Context } from '@/lib/context';
import { flagNames } from '@/lib/detection/flags';
import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import { findingFilterOf } from './list-findings';
import { type FindingSummary, FindingsQuery } from './model';
import { selectFindingsAfter } from './sql/list';

const rowsAtOnce = 1_000;
const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const columns: Columns<FindingSummary> = {
  finding: (row) => row.id,
  customer: (row) => row.customerId,
  name: (row) => row.displayName,
  day: (row) => row.day,
  state: (row) => row.state,
  first_seen: (row) => time(row.firstSeenAtMs),
  last_seen: (row) => time(row.lastSeenAtMs),
  truth_changed: (row) => time(row.truthChangedAtMs),
  conversations: (row) => row.conversations,
  affected: (row) => row.affected,
  worst_affected: (row) => row.worstAffected,
  flags: (row) => flagNames.filter((flag) => (row.affected > 0 ? row.flags : row.worstFlags)[flag] > 0).join(' '),
  at_least: (row) => (row.atLeast ? 'yes' : 'no'),
  wrong_since: (row) => time(row.wrongSinceMs),
  wrong_seconds_before: (row) => Math.round(row.wrongMs / 1000),
  repaired_by: (row) => row.repairedByRun,
  repaired: (row) => time(row.repairedAtMs),
  resolved: (row) => time(row.resolvedAtMs),
  fallen_back: (row) => time(row.fallenBackAtMs),
  times_fallen_back: (row) => row.timesFallenBack,
  owner: (row) => row.owner,
  note: (row) => row.note,
  muted_until: (row) => time(row.mutedUntilMs),
  mute_reason: (row) => row.muteReason,
};

/** Every finding of a filter, in order of their ids, so that none is listed twice while others change. */
export function exportFindings(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { query: input, format }: { query: FindingsQuery; format: ExportFormat },
): AsyncGenerator<string> {
  const filter = findingFilterOf(FindingsQuery.parse(input), clock.now());
  async function* batches() {
    for (let afterId: string | null = null; ; ) {
      const rows: FindingSummary[] = await db.query(selectFindingsAfter, { ...filter, afterId, rowsMax: rowsAtOnce });
      yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < rowsAtOnce) return;
      afterId = last.id;
    }
  }
  return exportRows(format, columns, batches());
}
