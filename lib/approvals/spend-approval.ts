import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { type ListedApproval, listedOf } from './model';
import { entryOf } from './request-approval';
import { selectOfPlan, takeUse } from './sql';
import { type ApprovalKind, approvalSentence } from './state-model';

/**
 * Uses the approval of a plan in the transaction that starts the run, so that one approval starts one run. If the
 * transaction rolls back, the approval is unused. `usedBy` is the run or the KILL. Throws AppError('refused') with the
 * reason if there is no approval to use.
 */
export async function spendApproval(
  tx: Transaction,
  of: { kind: ApprovalKind; planHash: string; confirmed: string[]; usedBy: string },
  actor: Actor,
): Promise<ListedApproval> {
  const [used] = await tx.query(takeUse, {
    kind: of.kind,
    planHash: of.planHash,
    confirmed: of.confirmed,
    usedBy: of.usedBy,
    endedBy: actor.name,
  });
  if (used) {
    await recordAudit(
      tx,
      actor,
      entryOf('approval.use', used, used.reason, { usedBy: of.usedBy, decidedBy: used.decidedBy }),
    );
    return listedOf(used);
  }
  const [newest] = await tx.query(selectOfPlan, { kind: of.kind, planHash: of.planHash });
  throw new AppError('refused', whyNot(newest, of.confirmed));
}

function whyNot(newest: ListedApproval | undefined, confirmed: string[]): string {
  if (!newest) return 'A second person must first approve exactly this plan, and no approval was requested.';
  const unseen = confirmed.filter((id) => !newest.confirmed.includes(id));
  if (newest.state === 'approved' && unseen.length > 0)
    return `${newest.decidedBy} approved this plan, but did not see that ${unseen.join(', ')} would be confirmed. Ask again.`;
  return `A second person must first approve exactly this plan. The newest request for it is ${newest.state}: ${approvalSentence(newest)}`;
}
