import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import { storedJson } from '@/lib/text';
import { auditDue, auditIsDue } from './audit-model';
import { rulesOf, type Seen, seeMarks, seeParts, seeTables } from './look-at-parts';
import type { Look, LookOutcome, WatchState } from './model';
import { comparePartsOf } from './parts-model';
import { moveChecked, moveWatchState, selectWatchStates } from './sql/looks';

/** Of so many customers one statement asks, so that the names fit into its parameters. */
const customersMost = 200;

type Looked = { customer: Customer; state: WatchState };

/**
 * Looks whether anything changed since each customer's answers were recorded: rows, tables, registry, or what time by itself
 * changes. It reads the lists of tables and parts and no row, two statements for up to 200 customers of a cluster, and two
 * more where parts are others. Where nothing changed it notes so, and no scan is needed. Where a host of a cluster does
 * not answer, its customers' tables are read in full; only those of a server that does not answer at all are unreadable.
 */
export async function lookForChanges(
  ctx: Pick<Context, 'clickhouse' | 'clock' | 'config' | 'db' | 'log'>,
  customers: readonly Customer[],
  signal?: AbortSignal,
): Promise<Map<string, LookOutcome>> {
  const found = new Map<string, LookOutcome>();
  const registered = await listCustomers(ctx);
  for (let at = 0; at < customers.length; at += customersMost) {
    signal?.throwIfAborted();
    const some = customers.slice(at, at + customersMost);
    const states = await ctx.db.query(selectWatchStates, { customerIds: some.map(({ id }) => id), parts: false });
    const stateOf = new Map(states.map((state) => [state.customerId, state]));
    const looked: Looked[] = [];
    for (const customer of some) {
      const state = stateOf.get(customer.id);
      const sharing = registered.filter(({ database }) => database === customer.database).length;
      const reason = state ? whyAnyway(ctx, { customer, state }, sharing) : 'its days were not counted before';
      if (reason !== null) found.set(customer.id, { outcome: 'changed', reason });
      else if (state) looked.push({ customer, state });
    }
    for (const cluster of new Set(looked.map(({ state }) => state.look.tables.cluster)))
      await lookAtCluster(
        ctx,
        { cluster, looked: looked.filter(({ state }) => state.look.tables.cluster === cluster) },
        found,
      );
  }
  return found;
}

/** What asks for a scan without a look at the tables, or null. */
function whyAnyway(
  ctx: Pick<Context, 'clock' | 'config'>,
  { customer, state }: Looked,
  sharing: number,
): string | null {
  const nowMs = ctx.clock.now();
  if (sharing > 1) return 'several customers share its database';
  if (state.look.rules !== rulesOf(ctx, customer)) return 'the customer’s registry row or the rules changed';
  const due = Object.entries(state.turns).filter(
    ([day, atMs]) => atMs <= nowMs && day >= state.fromDay && day < state.toDay,
  );
  if (due.some(([, atMs]) => atMs < 0)) return 'another scan counted a day without what belongs to it';
  if (due.length > 0) return 'time changes the answer of a day';
  return auditIsDue(state.auditedAtMs, nowMs, customer.timeZone) ? auditDue : null;
}

async function lookAtCluster(
  ctx: Pick<Context, 'clickhouse' | 'clock' | 'db' | 'log'>,
  { cluster, looked }: { cluster: string | null; looked: readonly Looked[] },
  found: Map<string, LookOutcome>,
): Promise<void> {
  const atMs = ctx.clock.now();
  try {
    const seen = await seeTables(ctx, { cluster, of: looked.map(({ state }) => state.look.tables) });
    const isSame = ({ state: { look } }: Looked) =>
      look.during.length === 0 && seen.digestsOf(look.tables).join() === look.digests.join();
    const others: Looked[] = [];
    const unchanged: string[] = [];
    for (const one of looked) {
      const { look } = one.state;
      if (seen.marksOf(look.tables).join() !== look.marks.join())
        found.set(one.customer.id, { outcome: 'changed', reason: 'its tables were changed' });
      else if (isSame(one)) unchanged.push(one.customer.id);
      else others.push(one);
    }
    unchanged.push(...(await onlyMerged(ctx, { cluster, others, seen, atMs }, found)));
    for (const id of unchanged) found.set(id, { outcome: 'unchanged', atMs });
    if (unchanged.length > 0) await ctx.db.query(moveChecked, { customerIds: unchanged, at: new Date(atMs) });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ reason: error.message, cluster }, 'the parts of a cluster could not be seen');
    const reason = `the parts of its tables cannot be seen: ${error.message}`;
    const isThere = await answers(ctx, looked);
    for (const { customer } of looked)
      found.set(customer.id, isThere ? { outcome: 'changed', reason } : { outcome: 'unreadable', error });
  }
}

/** Whether the server answers for itself where not every host of the cluster does. */
async function answers(ctx: Pick<Context, 'clickhouse'>, [one]: readonly Looked[]): Promise<boolean> {
  const all = one?.state.look.tables.all ?? [];
  return seeMarks(ctx, { all, cluster: null }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError) return false;
      throw error;
    },
  );
}

/** Of the customers whose parts are others, those whose parts were only merged. The next look is compared with these. */
async function onlyMerged(
  ctx: Pick<Context, 'clickhouse' | 'db'>,
  { cluster, others, seen, atMs }: { cluster: string | null; others: readonly Looked[]; seen: Seen; atMs: number },
  found: Map<string, LookOutcome>,
): Promise<string[]> {
  if (others.length === 0) return [];
  const customerIds = others.map(({ customer }) => customer.id);
  const [before, partsOf] = await Promise.all([
    ctx.db.query(selectWatchStates, { customerIds, parts: true }),
    seeParts(ctx, { cluster, of: others.map(({ state }) => state.look.tables) }),
  ]);
  const merged: string[] = [];
  for (const { customerId, look } of before) {
    const listed = partsOf(look.tables);
    const { parts } = listed;
    const changes = comparePartsOf(look.parts, listed, look.during);
    if (changes.lost !== null) found.set(customerId, { outcome: 'changed', reason: changes.lost });
    else if (changes.fresh.length > 0) found.set(customerId, { outcome: 'changed', reason: 'rows were added' });
    else {
      const next: Look = { ...look, atMs, digests: seen.digestsOf(look.tables), parts, during: [] };
      const moved = { customerId, lookedAt: new Date(atMs), look: storedJson(next), beforeMs: look.atMs };
      await ctx.db.query(moveWatchState, moved);
      merged.push(customerId);
    }
  }
  return merged;
}
