import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import { type Actor, personOf } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { expireIn } from './expire-approvals';
import type { ApprovalRequest, ListedApproval } from './model';
import { insertApproval, lockOpen, withdraw } from './sql';
import { approvalSentence } from './state-model';
import { tellRequest } from './tell-approval';

/**
 * Asks a second person to approve a plan. A plan with an open request is not requested twice; another plan of the same
 * subject replaces the open request. Throws AppError('invalid_input') without a reason, 'forbidden' if people sign in
 * at a provider and it is not known which of them asks, and 'conflict' if another person asked at the same moment.
 */
export async function requestApproval(
  ctx: Pick<Context, 'db' | 'config'>,
  request: ApprovalRequest,
  actor: Actor,
): Promise<{ approvalId: string }> {
  const reason = request.reason.trim();
  if (reason.length < 3)
    throw new AppError('invalid_input', 'Say why, in a few words. The approver reads it.', {
      fields: { reason: 'Say why, in a few words.' },
    });
  if (ctx.config.auth.signIn === 'oidc' && personOf(actor) === undefined)
    throw new AppError(
      'forbidden',
      'A second person decides, so it must be known who asks. Ask on the pages: this terminal or token does not prove who you are. Nothing was changed.',
    );
  const id = randomUUID();
  try {
    return await ctx.db.transaction(async (tx) => {
      await expireIn(tx);
      const [open] = await tx.query(lockOpen, { kind: request.kind, subject: request.subject });
      if (open && samePlan(open, request)) return { approvalId: open.id };
      if (open) {
        const why = 'Replaced: another plan was requested.';
        await tx.query(withdraw, { id: open.id, endedBy: actor.name, reason: why });
        await recordAudit(tx, actor, entryOf('approval.reset', open, why));
      }
      await tx.query(insertApproval, {
        id,
        kind: request.kind,
        subject: request.subject,
        planHash: request.planHash,
        plan: storedJson(request.plan),
        confirmed: request.confirmed,
        customerId: request.customerId,
        summary: request.summary,
        rows: request.rows,
        requestedBy: actor.name,
        requestedSubject: personOf(actor) ?? null,
        reason,
        holdsMs: ctx.config.approvals.holdsMs,
      });
      await recordAudit(tx, actor, entryOf('approval.request', { ...request, id }, reason));
      await tellRequest(tx, { ...request, id, reason, requestedBy: actor.name });
      return { approvalId: id };
    });
  } catch (error) {
    if (isConflict(error, 'approvals_one_open'))
      throw new AppError('conflict', 'Another person asked for this approval at the same moment. Look again.', {
        cause: error,
      });
    throw error;
  }
}

const samePlan = (open: ListedApproval, request: ApprovalRequest) =>
  open.planHash === request.planHash &&
  [...open.confirmed].sort().join('\n') === [...request.confirmed].sort().join('\n');

/** The audit row of an approval. */
export function entryOf(
  action: string,
  approval: Pick<ApprovalRequest, 'kind' | 'planHash' | 'summary' | 'rows' | 'customerId' | 'confirmed'> & {
    id: string;
  },
  reason: string,
  detail: Record<string, unknown> = {},
) {
  const { id, kind, planHash, summary, rows, confirmed } = approval;
  return {
    action,
    customerId: approval.customerId ?? undefined,
    subject: id,
    reason,
    detail: { kind, planHash, summary, rows, confirmed, ...detail },
  };
}

/** Throws AppError('conflict') with the state of the approval. */
export function notWaiting(approval: ListedApproval): never {
  throw new AppError('conflict', `This approval is ${approval.state}. ${approvalSentence(approval)}`);
}
