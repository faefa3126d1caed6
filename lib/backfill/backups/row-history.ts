import { z } from 'zod';
import { listAudit } from '@/lib/audit/list-audit';
import type { AuditEntry } from '@/lib/audit/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { readTables } from '@/lib/customers/read-tables';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { backupTableOf, type MutationTag, tagIn } from '@/lib/label-store/model';
import { agree, count } from '@/lib/words';
import { type FormerRow, type RowHistory, RowHistoryQuery } from './row-history-model';
import { selectBackupColumns, selectDeletes, selectFormerRows } from './sql/former-rows';

const rowsMax = 200;
const timeoutSeconds = 60;
const own = new Set(['slc_backup_id', 'slc_backed_up_at']);

/**
 * Who deleted a conversation's label rows, when and why, and what was in them, from the backups, the runs and the audit.
 * A row that was replaced by a newer version of its key, or was deleted outside of the console, is not among them, nor is
 * one whose backup was dropped. Throws AppError('not_found') for an unknown customer,
 * AppError('limit') when the backups are too many to look through in a minute.
 */
export async function rowHistory(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'config'>,
  input: RowHistoryQuery,
): Promise<RowHistory> {
  const query = RowHistoryQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  const { labels, cluster } = await readTables(ctx, customer);
  const backup = backupTableOf(labels.local);
  const found = await ctx.clickhouse.read(selectBackupColumns, { params: backup });
  const columns = found.rows.map((row) => row.name).filter((name) => !own.has(name));
  if (columns.length === 0) {
    const sentence = `No backup was taken beside ${labels.local.database}.${labels.local.table} yet.`;
    return { ...query, rows: [], atLeast: false, audit: [], sentence };
  }
  const former = await ctx.clickhouse.read(selectFormerRows, {
    params: { customer: customer.id, conversation: query.conversationId, names: columns, rowsMax: rowsMax + 1 },
    identifiers: { labelsLocal: labels.local, cluster, columns },
    timeoutSeconds,
  });
  const tags = former.rows.map((row) => tagIn(`slc:${row.backupId}`));
  const runIds = [...new Set(tags.flatMap((tag) => (tag && isUuid(tag.runId) ? [tag.runId] : [])))];
  const [deletes, ...audits] = await Promise.all([
    ctx.db.query(selectDeletes, { runIds }),
    ...runIds.map((runId) => listAudit(ctx, { runId, rowsMax: 1_000 })),
  ]);
  const rows = former.rows.slice(0, rowsMax).map((row, at) => withRun(row, tags[at] ?? null, deletes));
  const audit: AuditEntry[] = audits.flat().sort((a, b) => a.id - b.id);
  return { ...query, rows, atLeast: former.rows.length > rowsMax, audit, sentence: summary(rows, query) };
}

type Read = Pick<FormerRow, 'backupId' | 'backedUpAtMs' | 'columns'>;
type Delete = z.output<typeof selectDeletes.row>;

function withRun(row: Read, tag: MutationTag | null, deletes: readonly Delete[]): FormerRow {
  const ofDay = deletes.filter((each) => each.runId === tag?.runId && each.unit === tag.unit);
  const known = ofDay[0];
  if (!tag || !known) {
    const sentence = `The backup ${row.backupId} names no run of this console.`;
    return { ...row, run: null, deletedAtMs: null, deleteJob: null, sentence };
  }
  const done = ofDay.filter((each) => each.status === 'done' && (each.attempt ?? 0) >= tag.attempt);
  const over = done.find((each) => each.step === 'mutation') ?? done.find((each) => each.step === 'delete');
  const job = done.find((each) => each.step === 'delete' && each.attempt === over?.attempt);
  const why = known.run.reason ? `, because: ${known.run.reason}` : ', without a reason';
  return {
    ...row,
    run: { id: tag.runId, day: tag.unit, attempt: tag.attempt, ...known.run },
    deletedAtMs: over?.endedAtMs ?? null,
    deleteJob: job?.jobName ?? null,
    sentence: over
      ? `Deleted by a "${known.run.strategy}" of ${unitInWords(tag.unit)} that ${known.run.startedBy} started${why}.`
      : `Copied by a "${known.run.strategy}" of ${unitInWords(tag.unit)} that ${known.run.startedBy} started${why}. No delete of that unit ended well, so the row may still be there.`,
  };
}

function summary(rows: readonly FormerRow[], { conversationId }: RowHistoryQuery): string {
  if (rows.length === 0)
    return `No backup holds a label row of ${conversationId.slice(0, 200)}: this console has deleted none, or its backup was dropped.`;
  const deleted = rows.filter((row) => row.deletedAtMs !== null).length;
  return `${count(rows.length, 'label row')} of it ${agree(rows.length, 'was', 'were')} backed up${deleted === rows.length ? ' and then' : `, ${deleted} of them then`} deleted.`;
}

const isUuid = (text: string) => z.uuid().safeParse(text).success;
