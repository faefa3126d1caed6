import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import type { Db } from '@/lib/postgres/client';
import type { RunStatus, RunSummary } from '../state/model';
import { selectRunsAfter } from './sql/run-list';

const rowsAtOnce = 500;
type Row = Omit<RunSummary, 'progress'>;
const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const columns: Columns<Row> = {
  run: (row) => row.id,
  customer: (row) => row.customerId,
  strategy: (row) => row.strategy,
  from_day: (row) => row.fromDay,
  to_day: (row) => row.toDay,
  time_zone: (row) => row.timeZone,
  status: (row) => row.status,
  units: (row) => row.unitsTotal - row.daysSkipped,
  units_verified: (row) => row.unitsVerified,
  rows_planned: (row) => row.rowsToDelete,
  seconds_without_labels: (row) => (row.gapMs === null ? null : row.gapMs / 1000),
  started_by: (row) => row.startedBy,
  reason: (row) => row.reason,
  created: (row) => time(row.createdAtMs),
  started: (row) => time(row.startedAtMs),
  ended: (row) => time(row.endedAtMs),
  undone_by: (row) => row.undone?.runId ?? null,
};

/** Every run of a filter, the newest first; `q` is text in customer, person, reason, id and first day, as on the page. */
export function exportRuns(
  { db }: { db: Db },
  of: { customerId?: string; status?: RunStatus; day?: string; q?: string; format: ExportFormat },
): AsyncGenerator<string> {
  const { customerId = null, status = null, day = null } = of;
  const needle = (of.q ?? '').trim().toLowerCase();
  async function* batches() {
    for (let beforeId: string | null = null; ; ) {
      const rows: Row[] = await db.query(selectRunsAfter, { customerId, status, day, beforeId, rowsMax: rowsAtOnce });
      yield rows.filter((run) =>
        `${run.customerId} ${run.startedBy} ${run.reason} ${run.id} ${run.fromDay}`.toLowerCase().includes(needle),
      );
      const last = rows.at(-1);
      if (!last || rows.length < rowsAtOnce) return;
      beforeId = last.id;
    }
  }
  return exportRows(of.format, columns, batches());
}
