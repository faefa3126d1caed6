import { requestApproval } from '@/lib/approvals/request-approval';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { getKill } from './get-kill';
import { AskKill } from './kill-model';

/**
 * Asks a second person to approve a KILL that ClickHouse accepted as a TEST. Throws AppError('refused') before that,
 * and AppError('conflict') when the plan is not the one that the person saw.
 */
export async function askKill(ctx: Context, input: AskKill, actor: Actor): Promise<{ approvalId: string }> {
  const { killId, planHash, reason } = AskKill.parse(input);
  const { plan, state, sentence } = await getKill(ctx, killId);
  if (plan.hash !== planHash)
    throw new AppError('conflict', 'The plan has changed since you looked at it. Look at it again.');
  if (state !== 'tested') throw new AppError('refused', `An approval can be asked for after the TEST. ${sentence}`);
  const hosts = plan.hosts.map(({ host }) => host).join(', ');
  return requestApproval(
    ctx,
    {
      kind: 'kill',
      subject: `${plan.database}.${plan.table} ${plan.mutationId} ${hosts}`,
      planHash: plan.hash,
      plan,
      confirmed: [],
      customerId: plan.customerId,
      summary: `Mutation ${plan.mutationId} of ${plan.database}.${plan.table} on ${hosts}`,
      rows: 0,
      reason,
    },
    actor,
  );
}
