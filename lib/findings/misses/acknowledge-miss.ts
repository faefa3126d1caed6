import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { addDays } from '@/lib/days';
import { missCaseKey } from '@/lib/detection/changes/miss-model';
import { AppError } from '@/lib/errors';
import { resolveCase } from '@/lib/notifications/announce';
import { lockHistory } from '../history/sql/looks';
import { AcknowledgeMiss } from './model';
import { acknowledge, selectMiss } from './sql';

/** A person has seen what the increments missed, and says what it was. Throws AppError('not_found'), ('conflict'). */
export async function acknowledgeMiss(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  input: AcknowledgeMiss,
  actor: Actor,
): Promise<void> {
  const { missId, note } = AcknowledgeMiss.parse(input);
  await db.transaction(async (tx) => {
    await tx.query(lockHistory);
    const [miss] = await tx.query(selectMiss, { missId });
    if (!miss) throw new AppError('not_found', 'There is no such miss.');
    const [done] = await tx.query(acknowledge, { missId, note, by: actor.name, at: new Date(clock.now()) });
    if (!done)
      throw new AppError(
        'conflict',
        miss.state === 'acknowledged'
          ? `${miss.acknowledgedBy} acknowledged it already.`
          : `It is over already: ${miss.state}.`,
      );
    const { customerId, scanId, days } = miss;
    await resolveCase(tx, missCaseKey(customerId, scanId), `${actor.name} acknowledged it: ${note}`);
    const [first, last] = [days[0], days.at(-1)];
    await recordAudit(tx, actor, {
      action: 'miss.acknowledge',
      customerId,
      subject: `miss of ${new Date(miss.atMs).toISOString().slice(0, 10)}`,
      ...(first && last && { fromDay: first, toDay: addDays(last, 1) }),
      reason: note,
      detail: { missId, days, missed: miss.missed },
    });
  });
}
