import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { sumCounts } from '@/lib/detection/sum-model';
import { differingColumns } from '@/lib/label-store/column-digests';
import { labelDigest } from '@/lib/label-store/label-digest';
import { sameDigest } from '@/lib/label-store/model';
import { agree, count, listed } from '@/lib/words';
import { endGapOfUndone } from '../../plan/sql/undo';
import type { StepResult } from '../advance';
import { type Drive, tablesOf } from './drive';
import { lastSnapshot } from './last-snapshot';
import { undoOf } from './restore';

/** An undo is done when the day's labels are the backup's, byte for byte: rows, and every column of them. */
export async function verifyUndo(drive: Drive): Promise<StepResult> {
  const { ctx, row } = drive;
  const tables = await tablesOf(drive);
  const undo = undoOf(row);
  const of = { scope: row.scope, tables };
  const [now, columns, classified] = await Promise.all([
    labelDigest(ctx, of),
    differingColumns(ctx, { ...of, backupId: undo.backupId }),
    classifyScope(ctx, row.scope, { tables }),
  ]);
  const evidence = {
    labelRows: now.rows,
    backupRows: undo.rows,
    columnsCompared: columns.compared,
    columnsDiffering: columns.differing.length,
    affectedAfter: sumCounts(classified.days).affected,
  };
  if (!sameDigest(now, { rows: undo.rows, hash: undo.hash }) || columns.differing.length > 0) {
    const which = columns.differing.length > 0 ? ` Columns that differ: ${listed(columns.differing)}.` : '';
    const sentence = `The labels are not the backup: ${count(now.rows, 'row')} are there, ${count(undo.rows, 'row')} were backed up.${which} Retry to restore anew, or relabel only.`;
    return { event: { kind: 'failed', sentence, labels: 'half deleted' }, sentence, numbers: evidence, evidence };
  }
  await ctx.db.query(endGapOfUndone, { itemId: undo.itemId, undoRunId: row.runId });
  await lastSnapshot(drive);
  return {
    event: { kind: 'counted' },
    sentence: `The labels are the backup, byte for byte: ${count(now.rows, 'row')}, ${count(columns.compared, 'column')} compared, none differs. ${count(evidence.affectedAfter, 'conversation')} ${agree(evidence.affectedAfter, 'differs', 'differ')} from the truth again.`,
    numbers: evidence,
    evidence,
    marks: row.gapFromAtMs === null ? ['no gap'] : ['gap to'],
    counted: now,
  };
}
