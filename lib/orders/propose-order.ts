import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { recordAudit } from '@/lib/audit/record-audit';
import { type Actor, personOf } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import { dayCount, dayOf } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { storedJson } from '@/lib/text';
import { listed } from '@/lib/words';
import { OrderTerms, ProposeOrder, untilDaysMost } from './model';
import { nightOn } from './nights/nights';
import { orderInWords } from './order-words-model';
import { previewQueue, sendPreview } from './queue';
import { insertOrder, selectOrder } from './sql/orders';

/**
 * Proposes a standing order. The worker then counts what it would have done last night, and the author may ask a second
 * person. It changes no label before it is approved. Throws AppError('invalid_input') for terms that are no order,
 * 'not_found' for an unknown customer, and 'conflict' where the order that it replaces has ended.
 */
export async function proposeOrder(ctx: Context, input: ProposeOrder, actor: Actor): Promise<{ orderId: string }> {
  const request = ProposeOrder.parse(input);
  const terms = OrderTerms.parse(request);
  checkUntil(terms, ctx.clock.now());
  await checkCustomers(ctx, terms);
  const orderId = randomUUID();
  const boss = await previewQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    if (request.replaces !== undefined) {
      const [replaced] = await tx.query(selectOrder, { id: request.replaces });
      if (!replaced) throw new AppError('not_found', 'There is no such order to replace.');
      if (replaced.status !== 'active' && replaced.status !== 'stopped')
        throw new AppError('conflict', `The order to replace is ${replaced.status}. Propose a new one instead.`);
    }
    await tx.query(insertOrder, {
      id: orderId,
      terms: storedJson(terms),
      reason: request.reason,
      replaces: request.replaces ?? null,
      createdBy: actor.name,
      createdSubject: personOf(actor) ?? null,
    });
    await recordAudit(tx, actor, {
      action: 'order.propose',
      subject: orderId,
      reason: request.reason,
      detail: { words: orderInWords(terms), terms, replaces: request.replaces },
    });
    await sendPreview(boss, tx, orderId);
  });
  return { orderId };
}

function checkUntil({ window, untilDay }: z.output<typeof OrderTerms>, nowMs: number): void {
  const today = dayOf(nowMs, window.timeZone);
  const days = dayCount(today, untilDay);
  const fault =
    days > untilDaysMost
      ? `The last night is ${days} days ahead; at most ${untilDaysMost} are allowed.`
      : (nightOn(window, untilDay)?.toMs ?? nowMs) <= nowMs
        ? 'The last night is over already.'
        : null;
  if (fault !== null) throw new AppError('invalid_input', fault, { fields: { untilDay: fault } });
}

async function checkCustomers(ctx: Context, { filter }: z.output<typeof OrderTerms>): Promise<void> {
  if (filter.by !== 'name') return;
  const known = new Set((await listCustomers(ctx)).map(({ id }) => id));
  const unknown = filter.customerIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new AppError('not_found', `These customers are not registered: ${listed(unknown)}.`);
}
