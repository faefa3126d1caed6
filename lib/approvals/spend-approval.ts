import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { type ApprovalKind, type ApprovalSummary, approvalSentence, summaryOf } from './model';
import { entryOf } from './request-approval';
import { selectOfPlan, takeUse } from './sql';

/**
 * Uses the approval of a plan for what the transaction starts, so that one approval starts one run: when the
 * transaction rolls back it is as if it had not been used. `usedBy` is the run or kill. Throws AppError('refused') that
 * says why there is nothing to use.
 */
export async function spendApproval(
  tx: Transaction,
  of: { kind: ApprovalKind; planHash: string; confirmed: string[]; usedBy: string },
  actor: Actor,
): Promise<ApprovalSummary> {
  const [used] = await tx.query(takeUse, [of.kind, of.planHash, of.confirmed, of.usedBy, actor.name]);
  if (used) {
    await recordAudit(
      tx,
      actor,
      entryOf('approval.use', used, used.reason, { usedBy: of.usedBy, decidedBy: used.decidedBy }),
    );
    return summaryOf(used);
  }
  const [newest] = await tx.query(selectOfPlan, [of.kind, of.planHash]);
  throw new AppError('refused', whyNot(newest, of.confirmed));
}

function whyNot(newest: ApprovalSummary | undefined, confirmed: string[]): string {
  if (!newest) return 'A second person must approve exactly this plan first, and nobody was asked for it.';
  const unseen = confirmed.filter((id) => !newest.confirmed.includes(id));
  if (newest.state === 'approved' && unseen.length > 0)
    return `${newest.decidedBy} approved this plan without seeing that ${unseen.join(', ')} would be confirmed. Ask again.`;
  return `A second person must approve exactly this plan first. The newest request for it is ${newest.state}: ${approvalSentence(newest)}`;
}
