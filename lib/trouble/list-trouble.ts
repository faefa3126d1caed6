import { listApprovals } from '@/lib/approvals/list-approvals';
import type { ApprovalView } from '@/lib/approvals/model';
import { approvalSentence } from '@/lib/approvals/state-model';
import type { Actor } from '@/lib/auth/model';
import { listRuns } from '@/lib/backfill/view/list-runs';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { readEngines } from '@/lib/health/read-health';
import { listMutations } from '@/lib/mutations/list-mutations';
import { stoppedOrders } from '@/lib/orders/list-orders';
import type { Trouble, TroubleReport } from './model';

/** Every open page polls this, so the engines are asked once for all of them. */
const keptMs = 5_000;
const entriesMost = 100;

type Looked = Pick<TroubleReport, 'trouble' | 'unknown'>;
const kept = new WeakMap<object, { atMs: number; looked: Promise<Looked> }>();

/**
 * Everything that waits for a person, the most serious first: runs that need attention, orders that stopped, engines
 * and workers that are down, failing and stuck mutations, what was approved and has not started, and waiting approvals.
 * What is the same for everybody is kept for five seconds. It does not throw when an engine is down, since that is
 * trouble too.
 */
export async function listTrouble(ctx: Context, actor: Actor): Promise<TroubleReport> {
  const atMs = ctx.clock.now();
  const known = kept.get(ctx.db);
  // Other requests share it, so it is not stopped when the request that began it ends.
  const current =
    known && atMs - known.atMs < keptMs
      ? known
      : { atMs, looked: look({ ...ctx, clickhouse: ctx.clickhouse.within({}) }) };
  kept.set(ctx.db, current);
  const [{ trouble, unknown }, approvals] = await Promise.all([
    current.looked,
    orUnknown('Approvals', () => approvalTrouble(ctx, actor)),
  ]);
  return {
    trouble: [...trouble, ...approvals.trouble],
    unknown: [...unknown, ...approvals.unknown],
  };
}

async function look(ctx: Context): Promise<Looked> {
  const [runs, orders, engines, mutations] = await Promise.all([
    orUnknown('Runs', () => runTrouble(ctx)),
    orUnknown('Standing orders', () => orderTrouble(ctx)),
    engineTrouble(ctx),
    orUnknown('Mutations', () => mutationTrouble(ctx)),
  ]);
  const found = [runs, orders, { trouble: engines, unknown: [] }, mutations];
  return { trouble: found.flatMap((one) => one.trouble), unknown: found.flatMap((one) => one.unknown) };
}

async function orUnknown(what: string, read: () => Promise<Trouble[]>): Promise<Looked> {
  try {
    return { trouble: await read(), unknown: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { trouble: [], unknown: [`${what} could not be read. ${error.message}`] };
  }
}

async function runTrouble(ctx: Context): Promise<Trouble[]> {
  const runs = await listRuns(ctx, { status: 'needs attention', rowsMax: entriesMost });
  return runs.map((run) => ({
    kind: 'run',
    id: run.id,
    customers: [run.customerId],
    sentence: `${run.strategy === 'undo' ? 'An undo' : 'A backfill'} of ${run.customerId} stopped ${run.gapOpen ? 'while labels are missing. Its page has the button that writes them again.' : 'and needs a decision. Its page says whether labels are missing.'}`,
    sinceMs: run.startedAtMs ?? run.createdAtMs,
  }));
}

async function orderTrouble(ctx: Context): Promise<Trouble[]> {
  const stopped = await stoppedOrders(ctx);
  return stopped.map(({ id, endReason, endedAtMs }) => ({
    kind: 'order',
    id,
    customers: [],
    sentence: `The standing order ${id.slice(0, 8)} stopped itself, so nothing is repaired at night. ${endReason ?? ''}`,
    sinceMs: endedAtMs,
  }));
}

async function engineTrouble(ctx: Context): Promise<Trouble[]> {
  const parts = await readEngines(ctx);
  return parts
    .filter((part) => part.status === 'failed')
    .map((part) => ({
      kind: part.name === 'worker' ? 'worker' : 'engine',
      id: part.name,
      customers: [],
      sentence: part.sentence,
      sinceMs: null,
    }));
}

async function mutationTrouble(ctx: Context): Promise<Trouble[]> {
  const { mutations, unreadable } = await listMutations(ctx);
  const blamed = mutations.filter(({ health }) => health === 'failing' || health === 'stuck');
  return [
    ...blamed.slice(0, entriesMost).map(
      (one): Trouble => ({
        kind: 'mutation',
        id: one.mutationId,
        customers: one.customers,
        sentence: `A mutation of ${one.database}.${one.table} on ${one.host} is ${one.health}${one.waitingBehind > 0 ? ` and holds up ${one.waitingBehind} more` : ''}. Deletes on this table wait for it.`,
        sinceMs: one.standingSinceMs ?? one.createdAtMs,
      }),
    ),
    ...unreadable.map(
      ({ customers, sentence }): Trouble => ({
        kind: 'mutation',
        id: customers.join(' '),
        customers,
        sentence: `The label table cannot be read. ${sentence}`,
        sinceMs: null,
      }),
    ),
  ];
}

async function approvalTrouble(ctx: Context, actor: Actor): Promise<Trouble[]> {
  const listed = async (state: 'approved' | 'waiting') => {
    const found = await listApprovals(ctx, { state, rowsMax: entriesMost }, actor);
    return found.filter((one) => one.expiresAtMs > ctx.clock.now());
  };
  const [approved, waiting] = await Promise.all([listed('approved'), listed('waiting')]);
  const troubleOf = (one: ApprovalView, kind: 'start' | 'approval', sentence: string): Trouble => ({
    kind,
    id: one.id,
    customers: one.customerId === null ? [] : [one.customerId],
    sentence,
    sinceMs: kind === 'start' ? one.decidedAtMs : one.requestedAtMs,
  });
  return [
    ...approved
      .filter((one) => one.startFailure !== null)
      .map((one) => troubleOf(one, 'start', `${one.summary}: ${approvalSentence(one)}`)),
    ...waiting.map((one) =>
      troubleOf(
        one,
        'approval',
        one.mine
          ? `Your request waits for a second person: ${one.summary}. Reason: ${one.reason}`
          : `${one.requestedBy} asked for an approval: ${one.summary}. Reason: ${one.reason}`,
      ),
    ),
  ];
}
