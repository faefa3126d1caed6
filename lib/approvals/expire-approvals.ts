import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { atIntervals } from '@/lib/poll';
import type { Transaction } from '@/lib/postgres/client';
import { expire } from './sql';
import { approvalSentence } from './state-model';
import { tellDecided } from './tell-approval';

const everyMs = 15_000;

/** Expires requests and approvals that are past their time, each with an audit row. Returns how many. */
export const expireApprovals = (ctx: Pick<Context, 'db'>): Promise<number> => ctx.db.transaction(expireIn);

/** `expireApprovals` within the caller's transaction. */
export async function expireIn(tx: Transaction): Promise<number> {
  const ended = await tx.query(expire);
  const actor: Actor = { name: 'the clock', role: 'viewer', via: 'worker', requestId: randomUUID() };
  for (const one of ended) {
    const { id, kind, planHash, summary, rows, customerId } = one;
    await recordAudit(tx, actor, {
      action: 'approval.expire',
      customerId: customerId ?? undefined,
      subject: id,
      detail: { kind, planHash, summary, rows },
    });
    await tellDecided(tx, one, approvalSentence(one));
  }
  return ended.length;
}

/** Expires them at intervals until `signal` aborts. If the database does not answer, it tries again later. */
export async function workApprovals(ctx: Context, signal: AbortSignal): Promise<void> {
  const expire = () => expireApprovals(ctx);
  await atIntervals(everyMs, signal, expire, (error) => ctx.log.warn({ err: error }, 'approvals could not be expired'));
}
