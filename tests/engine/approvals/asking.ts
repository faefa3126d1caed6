import { randomUUID } from 'node:crypto';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval } from '@/lib/approvals/list-approvals';
import type { ApprovalRequest } from '@/lib/approvals/model';
import { requestApproval } from '@/lib/approvals/request-approval';
import { spendApproval } from '@/lib/approvals/spend-approval';
import { listAudit } from '@/lib/audit/list-audit';
import type { Actor } from '@/lib/auth/model';
import type { TestContext } from '@/tests/support/context';

export const person = (name: string, role: Actor['role'], subject?: string): Actor => ({
  name,
  role,
  subject,
  via: 'web',
  requestId: randomUUID(),
});
export const olga = person('olga', 'operator');
export const ann = person('ann', 'approver');
export const ben = person('ben', 'approver');

export const hash = () => randomUUID().replaceAll('-', '').repeat(2);
export const request = (more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  kind: 'backfill',
  subject: randomUUID(),
  planHash: hash(),
  plan: { rowsToDelete: 60_000, what: 'all of it' },
  confirmed: [],
  customerId: 'acme',
  summary: 'acme, 10 February',
  rows: 60_000,
  reason: 'CONVI-6242',
  ...more,
});

type Asked = ApprovalRequest & { approvalId: string };

/** What people do with an approval, and what can be seen of it. */
export function approvalsIn(ctx: () => TestContext) {
  const asked = async (more: Partial<ApprovalRequest> = {}, by = olga): Promise<Asked> => {
    const wanted = request(more);
    const { approvalId } = await requestApproval(ctx(), wanted, by);
    return { ...wanted, approvalId };
  };
  const decide = (of: Asked, by: Actor, decision: 'approve' | 'refuse' = 'approve') =>
    decideApproval(ctx(), { approvalId: of.approvalId, planHash: of.planHash, decision, reason: 'looked at it' }, by);
  const use = (of: Asked, usedBy: string = randomUUID(), confirmed: string[] = []) =>
    ctx().db.transaction((tx) => spendApproval(tx, { kind: of.kind, planHash: of.planHash, confirmed, usedBy }, olga));
  const stateOf = async (of: Asked) => (await getApproval(ctx(), of.approvalId, ann)).state;
  const actionsOf = async (of: Asked) =>
    (await listAudit(ctx(), { rowsMax: 500 }))
      .filter((entry) => entry.subject === of.approvalId)
      .map((entry) => entry.action)
      .reverse();
  const past = (of: Asked, milliseconds = 0) =>
    ctx().db.pool.query(`UPDATE approvals SET expires_at = now() + $2 * interval '1 millisecond' WHERE id = $1`, [
      of.approvalId,
      milliseconds,
    ]);
  return { asked, decide, use, stateOf, actionsOf, past };
}
