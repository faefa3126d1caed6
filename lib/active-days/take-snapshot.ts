import type { Context } from '@/lib/context';
import type { Scope } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { storedJson } from '@/lib/text';
import { readDays, withPresent } from './count-active-days';
import type { SnapshotPhase } from './model';
import { insertFirstSnapshot, upsertSnapshot } from './sql';

/**
 * Counts the Active Days of a run's whole scope now and stores them: from the labels (`before`, `after`) or from the
 * closed truth (`expected`). A second `before` changes nothing; the other two are replaced.
 */
export async function takeSnapshot(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>,
  input: { runId: string; phase: SnapshotPhase; scope: Scope },
): Promise<void> {
  const { runId, phase, scope } = input;
  const tables = await readTables(ctx, scope);
  const takenAtMs = ctx.clock.now();
  const truth = await readDays(ctx, tables, scope, 'truth');
  const rows = phase === 'expected' ? truth : withPresent(await readDays(ctx, tables, scope, 'labels'), truth);
  await ctx.db.query(phase === 'before' ? insertFirstSnapshot : upsertSnapshot, {
    runId,
    phase,
    takenAtMs,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    rows: storedJson(rows),
  });
}
