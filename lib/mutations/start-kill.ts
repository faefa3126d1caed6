import { spendApproval } from '@/lib/approvals/spend-approval';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';
import { getKill } from './get-kill';
import { StartKill } from './kill-model';
import { killQueue, sendKill } from './kill-queue';
import { auditOf, killPlan } from './plan-kill';
import { beginKill } from './sql/kills';

/**
 * Starts an approved KILL: exactly the previewed plan, once. First reads from ClickHouse whether the mutation is
 * still the same. Throws AppError('refused') when other hosts list it now or the approval is missing,
 * AppError('conflict') when it was started already.
 */
export async function startKill(ctx: Context, input: StartKill, actor: Actor): Promise<{ killId: string }> {
  const { killId, planHash } = StartKill.parse(input);
  const { plan, state, sentence } = await getKill(ctx, killId);
  if (plan.hash !== planHash)
    throw new AppError('conflict', 'The plan has changed since you looked at it. Look at it again.');
  if (state !== 'tested') throw new AppError('conflict', `This KILL is ${state}. ${sentence}`);
  const now = await killPlan(ctx, await readTables(ctx, plan), {
    customerId: plan.customerId,
    host: plan.hosts[0]?.host ?? '',
    mutationId: plan.mutationId,
  });
  if (now.hash !== plan.hash)
    throw new AppError(
      'refused',
      `The mutation changed since the preview: it is unfinished on ${now.hosts.map(({ host }) => host).join(', ')} now. Preview it again.`,
    );
  const boss = await killQueue(ctx);
  try {
    await ctx.db.transaction(async (tx) => {
      const approval = await spendApproval(tx, { kind: 'kill', planHash, confirmed: [], usedBy: killId }, actor);
      const [begun] = await tx.query(beginKill, { id: killId, startedBy: actor.name });
      if (!begun) throw new AppError('conflict', 'This KILL was started already.');
      await recordAudit(tx, actor, {
        ...auditOf('mutation.kill', killId, plan, { approvalId: approval.id, approvedBy: approval.decidedBy }),
        reason: approval.reason,
      });
      await sendKill(boss, tx, killId);
    });
  } catch (error) {
    if (isConflict(error, 'mutation_kills_one_at_work'))
      throw new AppError('conflict', 'Another KILL of this mutation is under way.', { cause: error });
    throw error;
  }
  return { killId };
}
