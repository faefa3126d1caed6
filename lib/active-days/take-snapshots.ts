import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { storedJson } from '@/lib/text';
import { readDays, withPresent } from './count-active-days';
import type { SnapshotPhase } from './model';
import { insertFirstSnapshot, upsertSnapshot } from './sql/snapshots';

/**
 * Counts the Active Days of a run's whole scope now and stores them: from the labels (`before`, `after`) or from the
 * closed truth (`expected`). A second `before` changes nothing; the other two are replaced.
 */
export async function takeSnapshots(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'clock'>,
  input: { runId: string; phases: readonly SnapshotPhase[]; scope: Scope; tables: CustomerTables },
): Promise<void> {
  const { runId, phases, scope, tables } = input;
  const takenAtMs = ctx.clock.now();
  const ofLabels = phases.some((phase) => phase !== 'expected');
  const [truth, labels] = await Promise.all([
    readDays(ctx, tables, scope, 'truth'),
    ofLabels ? readDays(ctx, tables, scope, 'labels') : [],
  ]);
  for (const phase of phases)
    await ctx.db.query(phase === 'before' ? insertFirstSnapshot : upsertSnapshot, {
      runId,
      phase,
      takenAtMs,
      fromDay: scope.fromDay,
      toDay: scope.toDay,
      rows: storedJson(phase === 'expected' ? truth : withPresent(labels, truth)),
    });
}
