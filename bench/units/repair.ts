import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { workedUnits } from '@/lib/backfill/state/plan-model';
import { getRun } from '@/lib/backfill/view/get-run';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { childEnvironment, loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import type { Customer, Scope } from '@/lib/customers/model';
import { every, poll } from '@/lib/poll';
import { actor, resetLabels } from './customer';
import { type Cost, measured } from './meter';

/** `rowsMax` is SLC_UNIT_ROWS; null takes each day. */
export type Choice = { strategy: RepairStrategy; rowsMax: number | null };

export type RepairLine = Choice & {
  units: number;
  status: string;
  mutations: number;
  /** Rows rewritten by mutations, of those in the table; and those that merges wrote. */
  rewritten: number;
  merged: number;
  longestGapSeconds: number;
} & Cost;

/** Brings a customer's labels back to their copy, and repairs all affected days of the scope. */
export async function measureRepair(
  meter: { admin: ClickHouse; dataDir: string },
  { customer, scope }: { customer: Customer; scope: Scope },
  { strategy, rowsMax }: Choice,
): Promise<RepairLine> {
  await resetLabels(meter, customer);
  const env: Record<string, string> = rowsMax === null ? {} : { SLC_UNIT_ROWS: String(rowsMax) };
  const ctx = createContext({ process: 'bench', config: loadConfig(childEnvironment(env)) });
  const [rows, mutationsBefore] = [await countRows(meter.admin, customer), await countMutations(meter.admin, customer)];
  try {
    const request = {
      customerId: customer.id,
      fromDay: scope.fromDay,
      toDay: scope.toDay,
      strategy,
      units: rowsMax === null ? ('day' as const) : ('joined' as const),
    };
    const plan = await planBackfill(ctx, request);
    const unknown = plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
    const start = { ...request, planHash: plan.hash, reason: 'bench', confirmed: [...unknown, 'open-labels'] };
    const { result: run, ...cost } = await measured(meter, async () => {
      const { runId } = await startBackfill(ctx, start, actor);
      return poll(every(500), async () => {
        const found = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
        return ['queued', 'running'].includes(found.rows[0]?.status) ? null : getRun(ctx, runId);
      });
    });
    return {
      strategy,
      rowsMax,
      units: workedUnits(plan).length,
      status: run.status,
      mutations: (await countMutations(meter.admin, customer)) - mutationsBefore,
      rewritten: cost.rowsMutated / rows,
      merged: cost.rowsMerged / rows,
      longestGapSeconds: Math.max(0, ...run.units.map(({ gapMs }) => (gapMs ?? 0) / 1_000)),
      ...cost,
    };
  } finally {
    await ctx.close();
  }
}

async function one(admin: ClickHouse, query: string): Promise<number> {
  const answer = await admin.client.query({ query, format: 'JSONEachRow' });
  const [row] = await answer.json<{ found: string }>();
  return Number(row?.found ?? 0);
}

const countRows = (admin: ClickHouse, { database }: Customer) =>
  one(admin, `SELECT count() AS found FROM ${database}.conversation_with_labels`);

const countMutations = (admin: ClickHouse, { database }: Customer) =>
  one(
    admin,
    `SELECT count() AS found FROM system.mutations WHERE database = '${database}' AND table = 'conversation_with_labels'`,
  );
