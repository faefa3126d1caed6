import { isDeepStrictEqual } from 'node:util';
import { isAskedByPerson } from '@/lib/approvals/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { scopeOfUnit } from '@/lib/customers/unit-model';
import { approvedOrderHash, outOfOrder } from '../plan/approved-order';
import { boundedHash, outOfBounds } from '../plan/bounded-plan';
import { planHash } from '../plan/plan-hash';
import { unapprovedRows } from '../plan/unapproved-rows';
import { daysMax } from '../state/command-model';
import { isWorking } from '../state/name-model';
import { isAboveThreshold } from '../state/plan-model';
import type { WorkRow } from '../state/sql/items';
import { states } from '../state/states';
import { type RunStart, selectStart } from './sql/start';

/**
 * Why a worker does not take this step, as a sentence. Null where the run is what the audit says was started: exactly its
 * plan, approved where that was needed, for the customer as the registry has it. The rows of a run prove nothing, since
 * anyone with the database's password can write them (decision 4).
 */
export async function startFault(ctx: Context, row: WorkRow): Promise<string | null> {
  const [start] = await ctx.db.query(selectStart, { itemId: row.itemId });
  if (!start?.announced) return 'The audit has no start of this run with this plan, so nothing is done for it.';
  if (start.over) return 'The audit says that this run is over, so nothing is done for it.';
  if (row.scope.customerId !== row.customerId) return 'The unit’s scope is of another customer than the run.';
  // NOTE: what only reads or writes labels goes on where a changed registry stops a delete.
  if (!isWorking(row.state.status) || !states[row.state.status].needsProof) return null;
  if (planHash(start.plan) !== start.planHash || !start.planned)
    return 'The run’s plan is not the one that its hash is of, so nothing is deleted. Close this run and plan again.';
  const customer = await getCustomer(ctx, row.customerId);
  const own = [scopeOfUnit(customer, row.plan.unit), scopeOf(customer, start.plan.fromDay, start.plan.toDay, daysMax)];
  if (row.unit !== row.plan.unit || !isDeepStrictEqual(own, [row.scope, row.runScope]))
    return 'The customer’s database, profiles or time zone are others in the registry than in this run, so nothing is deleted. Close this run and plan again.';
  return approvalFault(ctx, row, start);
}

async function approvalFault(ctx: Context, row: WorkRow, start: RunStart): Promise<string | null> {
  const { approval, plan } = start;
  if (approval) {
    const proven = ctx.config.auth.signIn !== 'oidc' || (isAskedByPerson(approval) && approval.decidedSubject !== null);
    if (!proven) return 'It is not known which two people asked for this run and approved it, so nothing is deleted.';
    return boundFault(start) ?? orderFault(start);
  }
  const rows = await unapprovedRows(ctx.db, row.customerId);
  const needed = plan.needsApproval || row.strategy === 'undo';
  if (!needed && !isAboveThreshold(rows, 0, ctx.config.backfill.approvalRows)) return null;
  return 'This run needs a second person’s approval, and the audit has none for it, so nothing is deleted.';
}

/** Why the approval of a run's campaign does not cover it; null where it does, and for a run without one. */
function boundFault({ bounded, campaignId, plan }: RunStart): string | null {
  if (!bounded) return null;
  if (bounded.plan.campaignId !== campaignId || boundedHash(bounded.plan) !== bounded.hash)
    return 'The approved plan of its campaign is not the one that its hash is of, so nothing is deleted.';
  const bound = bounded.plan.customers.find(({ customerId }) => customerId === plan.customerId);
  if (!bound) return 'The approval of its campaign does not cover this customer, so nothing is deleted.';
  const left = outOfBounds(bound, plan);
  return left.length === 0
    ? null
    : `The approval of its campaign does not cover this run, so nothing is deleted. ${left.join(' ')}`;
}

/** Why the approval of a run's standing order does not cover it; null where it does, and for a run without one. */
function orderFault({ ordered, plan }: RunStart): string | null {
  if (!ordered) return null;
  if (approvedOrderHash(ordered.plan) !== ordered.hash)
    return 'The approved standing order is not the one that its hash is of, so nothing is deleted.';
  const left = outOfOrder(ordered.plan, plan, ordered.rowsOfNight);
  return left.length === 0
    ? null
    : `The standing order does not cover this run, so nothing is deleted. ${left.join(' ')}`;
}
