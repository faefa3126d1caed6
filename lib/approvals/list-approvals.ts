import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import {
  type Approval,
  type ApprovalRow,
  ApprovalsFilter,
  type ApprovalView,
  askedBy,
  type ListedApproval,
  listedOf,
} from './model';
import { selectApproval, selectApprovals, selectOfPlan, selectUsedBy } from './sql';
import type { ApprovalKind } from './state-model';

type Reads = { db: Db };

const viewOf = <Row extends ApprovalRow>(row: Row, actor: Actor) => ({ ...listedOf(row), mine: askedBy(row, actor) });

/** The approvals without their plans: waiting ones first, then the newest. */
export async function listApprovals({ db }: Reads, filter: ApprovalsFilter, actor: Actor): Promise<ApprovalView[]> {
  const { customerId, state, rowsMax } = ApprovalsFilter.parse(filter);
  const rows = await db.query(selectApprovals, { customerId: customerId ?? null, state: state ?? null, rowsMax });
  return rows.map((row) => viewOf(row, actor));
}

/** One approval with the plan as it was previewed. Throws AppError('not_found'). */
export async function getApproval({ db }: Reads, approvalId: string, actor: Actor): Promise<Approval> {
  const [found] = await db.query(selectApproval, { id: approvalId });
  if (!found) throw new AppError('not_found', 'There is no such approval.');
  return viewOf(found, actor);
}

/** The newest request for a plan, or null. */
export async function approvalOfPlan(
  { db }: Reads,
  of: { kind: ApprovalKind; planHash: string },
  actor: Actor,
): Promise<ApprovalView | null> {
  const [row] = await db.query(selectOfPlan, { kind: of.kind, planHash: of.planHash });
  return row ? viewOf(row, actor) : null;
}

/** The newest request of a kind for a plan, as lists show it, or null. */
export async function listedOfPlan(
  { db }: Reads,
  of: { kind: ApprovalKind; planHash: string },
): Promise<ListedApproval | null> {
  const [row] = await db.query(selectOfPlan, of);
  return row ? listedOf(row) : null;
}

/** The approval that started a run, a kill or a campaign, or null. */
export async function approvalUsedBy({ db }: Reads, usedBy: string): Promise<ListedApproval | null> {
  const [row] = await db.query(selectUsedBy, { usedBy });
  return row ? listedOf(row) : null;
}
