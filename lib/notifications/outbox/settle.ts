import type { Transaction } from '@/lib/postgres/client';
import type { Failure, Outcome } from '../send/outcome';
import { blockChannel, markFailed, markSent, saveChannelFailure, saveChannelSuccess } from '../sql/settle';
import { afterFailure, backOffMs, type Tried } from './after-failure';
import type { Claimed } from './claim';

/** Writes what became of a try, for its message and for its channel. */
export async function settle(tx: Transaction, claimed: Claimed, outcome: Outcome, nowMs: number): Promise<void> {
  const { channel, id } = claimed;
  const now = new Date(nowMs);
  if (outcome.kind === 'sent') {
    await tx.query(markSent, { id, now });
    await tx.query(saveChannelSuccess, { channel, now, failure: outcome.remark ?? null });
    return;
  }
  await saveFailure(tx, claimed, outcome, { nowMs, claimedUntil: claimed.claimedUntil });
  const [failures = 1] = await tx.query(saveChannelFailure, { channel, now, failure: outcome.sentence });
  const waitMs = Math.max(backOffMs(failures, Math.random()), outcome.retryAfterMs ?? 0);
  await tx.query(blockChannel, { channel, until: new Date(nowMs + waitMs) });
}

/** Writes a failed try of a message. `claimedUntil` is null for a claim that has expired. */
export async function saveFailure(
  tx: Transaction,
  tried: Tried & { id: number },
  failure: Failure,
  { nowMs, claimedUntil }: { nowMs: number; claimedUntil: Date | null },
): Promise<void> {
  const { state, nextMs, unknown } = afterFailure(tried, failure, { nowMs, random: Math.random() });
  const { id } = tried;
  const [now, next] = [new Date(nowMs), new Date(nextMs)];
  await tx.query(markFailed, { id, state, now, next, unknown, failure: failure.sentence, claimedUntil });
}
