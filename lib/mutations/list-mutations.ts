import type { Context } from '@/lib/server/context';
import { viewOfKill } from './get-kill';
import { judgeMutations } from './health-model';
import type { MutationsView } from './kill-model';
import { labelTables } from './label-tables';
import { standingOf } from './sample-mutations';
import { selectKills } from './sql/kills';
import { seeMutations } from './unfinished-mutations';

const killsMax = 20;

/**
 * All unfinished mutations on label tables of all customers, whoever's, one row for each replica that lists it, oldest
 * first; and the newest KILLs. Throws AppError('unavailable') when ClickHouse or one of its replicas does not answer.
 */
export async function listMutations(ctx: Context): Promise<MutationsView> {
  const [{ tables, unreadable }, kills] = await Promise.all([labelTables(ctx), ctx.db.query(selectKills, [killsMax])]);
  const seen =
    tables.length === 0
      ? []
      : await seeMutations(
          ctx,
          tables.map((one) => one.tables),
        );
  const customersOf = new Map(
    tables.map((one) => [`${one.tables.labels.local.database}.${one.tables.labels.local.table}`, one.customers]),
  );
  return {
    mutations: judgeMutations(seen, await standingOf(ctx, seen)).map((mutation) => ({
      ...mutation,
      customers: customersOf.get(`${mutation.database}.${mutation.table}`) ?? [],
    })),
    tables: customersOf.size,
    unreadable,
    kills: kills.map(viewOfKill),
    atMs: ctx.clock.now(),
  };
}
