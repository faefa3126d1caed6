import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { getRun } from '@/lib/backfill/view/get-run';
import { workCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { workCampaignStarts, workCampaigns } from '@/lib/campaigns/run/work-campaigns';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import type { Customer } from '@/lib/customers/model';
import { endOrder } from '@/lib/orders/end-order';
import { getOrder } from '@/lib/orders/list-orders';
import { settleNight } from '@/lib/orders/nights/settle-night';
import { selectNight } from '@/lib/orders/sql/nights';
import { selectOrder } from '@/lib/orders/sql/orders';
import { tickOrders } from '@/lib/orders/work-orders';
import { listTrouble } from '@/lib/trouble/list-trouble';
import { type TestContext, testContext } from '@/tests/support/context';
import { incidentOf, labelRowsOf } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { labelerDoes, stubbedLabeler } from '@/tests/support/worker';
import { active, approver, author, handClock, termsFor } from './ordering';

const clock = handClock('2026-02-20T12:00:00Z');
const stop = new AbortController();
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker', clock, env: { ...stubbedLabeler, SLC_APPROVAL_ROWS: '10' } });
  for (const begin of [workBackfills, workCampaignPlans, workCampaignStarts]) await begin(ctx, stop.signal);
  void workCampaigns(ctx, stop.signal);
});
afterAll(async () => {
  stop.abort(new Error('the test is over'));
  await ctx?.close();
});

/** The order after the night of 21 February, in which workers do what follows. */
async function nightOf(customers: Customer[], until_: (order: Awaited<ReturnType<typeof getOrder>>) => boolean) {
  clock.set('2026-02-20T12:00:00Z');
  const { id } = await active(ctx, termsFor(customers));
  clock.set('2026-02-21T01:00:00Z');
  return until(
    'the night is over',
    async () => {
      await tickOrders(ctx);
      const order = await getOrder(ctx, id, author);
      return until_(order) && order;
    },
    { withinMs: 240_000, everyMs: 500 },
  );
}

describe('a night of an order', () => {
  it('repairs without a gap, above the row threshold too, and is audited as the order', async () => {
    const customer = await incidentOf(ctx);
    const before = await labelRowsOf(ctx, customer);
    const order = await nightOf([customer], ({ nights }) => nights[0]?.status === 'over');
    expect(order).toMatchObject({ status: 'active', nights: [{ verified: 1, setAside: 0, leftOut: 0 }] });
    const [night] = order.nights;
    expect(night?.rows).toBeGreaterThan(10);
    expect(await labelRowsOf(ctx, customer)).toHaveLength(before.length);
    const campaign = await getCampaign(ctx, night?.campaignId ?? '');
    const run = await getRun(ctx, campaign.customers[0]?.runId ?? '');
    const actor = `standing order ${order.id.slice(0, 8)}, approved by anna`;
    expect(run).toMatchObject({ status: 'verified', strategy: 'no-gap', startedBy: actor, gapMs: 0 });
    expect(run.approval).toMatchObject({ kind: 'order', decidedBy: 'anna', usedBy: order.id });
    const audit = await listAudit(ctx, { runId: run.id, action: 'backfill.start' });
    expect(audit).toMatchObject([{ actor, customerId: customer.id }]);
  });

  it('that another worker closes meanwhile does not stop the order', async () => {
    const customer = await incidentOf(ctx, { conversations: 22 });
    const { id } = await nightOf([customer], ({ nights }) => nights[0]?.campaignId !== undefined);
    const read = { orderId: id, night: '2026-02-21' };
    const [[order], [night]] = [await ctx.db.query(selectOrder, { id }), await ctx.db.query(selectNight, read)];
    if (!order || !night) throw new Error('the night has begun');
    expect(night.status).toBe('under way');
    const { rows } = await ctx.db.pool.query('SELECT status FROM campaigns WHERE id = $1', [night.campaignId]);
    expect(['planning', 'planned']).toContain(rows[0]?.status);
    clock.set('2026-02-21T05:00:00Z');
    await settleNight(ctx, order, night);
    expect(await getCampaign(ctx, night.campaignId ?? '')).toMatchObject({ status: 'ended', outcome: 'stopped' });
    await settleNight(ctx, order, night);
    expect(await getOrder(ctx, id, author)).toMatchObject({ status: 'active', nights: [{ status: 'over' }] });
  });

  it('that is not verified stops the order and its campaign, and waits for a person', async () => {
    const customers = [await incidentOf(ctx, { conversations: 50 }), await incidentOf(ctx, { conversations: 80 })];
    const before = await labelRowsOf(ctx, customers[1] as Customer);
    labelerDoes(ctx, 'nothing');
    const order = await nightOf(customers, ({ nights }) => nights[0]?.status === 'over');
    labelerDoes(ctx, '');
    expect(order.status).toBe('stopped');
    expect(order.endReason).toMatch(/^1 repair of its campaign was not verified and needs attention\./);
    expect(order.nights).toMatchObject([{ verified: 0, setAside: 1, rows: 0 }]);
    expect(await getCampaign(ctx, order.nights[0]?.campaignId ?? '')).toMatchObject({
      status: 'ended',
      outcome: 'stopped',
      counts: { 'needs attention': 1, 'not begun': 1 },
    });
    expect(await labelRowsOf(ctx, customers[1] as Customer)).toEqual(before);
    const { trouble } = await listTrouble(ctx, approver);
    expect(trouble).toContainEqual(expect.objectContaining({ kind: 'order', id: order.id }));
    clock.set('2026-02-22T02:00:00Z');
    await tickOrders(ctx);
    expect((await getOrder(ctx, order.id, author)).nights).toHaveLength(1);
    await endOrder(ctx, { orderId: order.id, reason: 'looked at it' }, author);
    expect(await getOrder(ctx, order.id, author)).toMatchObject({
      status: 'ended',
      endReason: `${order.endReason} olga ended it: looked at it`,
    });
  });
});
