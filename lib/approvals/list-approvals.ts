import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { type Approval, type ApprovalKind, type ApprovalSummary, ApprovalsFilter } from './model';
import { countWaiting, selectApproval, selectApprovals, selectOfPlan, selectUsedBy } from './sql';

type Reads = { db: Db };

/** Waiting ones first, then the newest, without their plans. */
export async function listApprovals({ db }: Reads, filter: ApprovalsFilter): Promise<ApprovalSummary[]> {
  const { customerId, state, rowsMax } = ApprovalsFilter.parse(filter);
  return db.query(selectApprovals, [customerId ?? null, state ?? null, rowsMax]);
}

/** One with the plan as it was previewed. Throws AppError('not_found'). */
export async function getApproval({ db }: Reads, approvalId: string): Promise<Approval> {
  const [found] = await db.query(selectApproval, [approvalId]);
  if (!found) throw new AppError('not_found', 'There is no such approval.');
  return found;
}

/** The newest request for a plan, or null. */
export async function approvalOfPlan({ db }: Reads, kind: ApprovalKind, planHash: string) {
  return (await db.query(selectOfPlan, [kind, planHash]))[0] ?? null;
}

/** The approval that started a run or a kill, or null. */
export async function approvalUsedBy({ db }: Reads, usedBy: string): Promise<ApprovalSummary | null> {
  return (await db.query(selectUsedBy, [usedBy]))[0] ?? null;
}

/** How many requests wait, and how many of them `actor` may decide on as far as the asking goes. */
export async function waitingApprovals({ db }: Reads, actor: Actor): Promise<{ waiting: number; ofOthers: number }> {
  const [counted] = await db.query(countWaiting, [actor.name, actor.subject ?? null]);
  return counted ?? { waiting: 0, ofOthers: 0 };
}
