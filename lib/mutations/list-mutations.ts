import { quoteTable } from '@/lib/clickhouse/identifiers';
import type { Context } from '@/lib/context';
import { judgeMutations } from '@/lib/label-store/health-model';
import { seeMutationsOf } from '@/lib/label-store/unfinished-mutations';
import { viewOfKill } from './get-kill';
import type { MutationsView } from './kill-model';
import { labelTables } from './label-tables';
import { standingOf } from './sample-mutations';
import { selectKills } from './sql/kills';

const killsMax = 20;

/**
 * The unfinished mutations of all label tables, ours and everybody else's, with one row for each replica that lists
 * one, oldest first; and the newest KILLs. A cluster that does not answer is listed as unreadable. Throws
 * AppError('unavailable') when none answers.
 */
export async function listMutations(ctx: Context): Promise<MutationsView> {
  const [{ tables, unreadable }, kills] = await Promise.all([
    labelTables(ctx),
    ctx.db.query(selectKills, { rowsMax: killsMax }),
  ]);
  const { seen, unseen } = await seeMutationsOf(ctx, tables);
  const customersOf = new Map(tables.map((one) => [quoteTable(one.tables.labels.local), one.customers]));
  return {
    mutations: judgeMutations(seen, await standingOf(ctx, seen)).map((mutation) => ({
      ...mutation,
      customers: customersOf.get(quoteTable(mutation)) ?? [],
    })),
    tables: customersOf.size - unseen.length,
    unreadable: [
      ...unreadable,
      ...unseen.map(({ table, error }) => ({ customers: table.customers, sentence: error.message })),
    ],
    kills: kills.map(viewOfKill),
  };
}
