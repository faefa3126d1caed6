import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { listAudit } from '@/lib/audit/list-audit';
import { startCampaign } from '@/lib/campaigns/control/start-campaign';
import { makeCampaignPlan } from '@/lib/campaigns/plan/make-campaign-plan';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import type { Customer } from '@/lib/customers/model';
import { askOrder } from '@/lib/orders/ask-order';
import { endOrder } from '@/lib/orders/end-order';
import { getOrder, listOrders } from '@/lib/orders/list-orders';
import { proposeOrder } from '@/lib/orders/propose-order';
import { tickOrders } from '@/lib/orders/work-orders';
import { type TestContext, testContext } from '@/tests/support/context';
import { incidentOf } from '@/tests/support/repair';
import { active, approve, approver, author, handClock, never, proposed, termsFor } from './ordering';

const clock = handClock('2026-02-20T12:00:00Z');
let ctx: TestContext;
let customers: Customer[];
beforeAll(async () => {
  ctx = await testContext({ clock });
  customers = [await incidentOf(ctx, { conversations: 50 }), await incidentOf(ctx, { conversations: 60 })];
});
afterAll(() => ctx?.close());

const nightsOf = async (orderId: string) =>
  (await getOrder(ctx, orderId, author)).nights.map(({ night, status }) => `${night} ${status}`);
const rowsOf = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;

describe('a proposed order', () => {
  it('shows what it would have done last night, with what its limits leave out', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await proposed(ctx, termsFor(customers, { rowsOfNight: 20, rowsOfCustomer: 20 }));
    expect(order).toMatchObject({ status: 'proposed', canAsk: true, preview: { night: '2026-02-20' } });
    expect(order.preview).toMatchObject({ fromDay: '2026-02-08', toDay: '2026-02-19' });
    const [first, second] = order.preview?.customers ?? [];
    expect(first).toMatchObject({ days: 1, leftOut: null });
    expect(first?.rows).toBeGreaterThan(10);
    expect(second?.leftOut).toMatch(/label rows would be deleted; \d+ of the limit of 20 in all are left/);
    expect(await rowsOf('SELECT 1 FROM campaigns')).toEqual([]);
  });

  it('is refused where it has no end, no hours, or an unknown customer', async () => {
    const propose = (more: Parameters<typeof termsFor>[1]) => proposeOrder(ctx, termsFor(customers, more), author);
    await expect(propose({ untilDay: '2026-05-24' })).rejects.toThrow('93 days ahead; at most 92');
    await expect(propose({ untilDay: '2026-02-20' })).rejects.toThrow('The last night is over already.');
    await expect(propose({ window: { from: '01:00', to: '01:00', timeZone: 'UTC' } })).rejects.toThrow('no hours');
    await expect(propose({ window: { from: '01:00', to: '02:00', timeZone: 'Mars' } })).rejects.toThrow('IANA');
    await expect(propose({ rowsOfCustomer: 2_000 })).rejects.toThrow('above the limit of a night');
    await expect(propose({ filter: { by: 'name', customerIds: ['nobody'] } })).rejects.toThrow('nobody');
  });

  it('is approved by another person than its author, who is the only one to ask', async () => {
    const order = await proposed(ctx, termsFor(customers));
    const planHash = order.planHash ?? '';
    await expect(askOrder(ctx, { orderId: order.id, planHash }, approver)).rejects.toThrow('only they ask');
    const { approvalId } = await askOrder(ctx, { orderId: order.id, planHash }, author);
    const decision = { approvalId, planHash, decision: 'approve', reason: 'my own' } as const;
    await expect(decideApproval(ctx, decision, { ...author, role: 'approver', via: 'web' })).rejects.toThrow(
      'yourself',
    );
    await expect(
      ctx.db.pool.query(
        "UPDATE approvals SET state = 'approved', decided_by = requested_by, decided_at = now(), decision_reason = 'x' WHERE id = $1",
        [approvalId],
      ),
    ).rejects.toThrow('approvals_second_person');
    expect((await getOrder(ctx, order.id, author)).status).toBe('proposed');
    await approve(ctx, approvalId, planHash);
    expect(await getOrder(ctx, order.id, author)).toMatchObject({ status: 'active', approval: { state: 'used' } });
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
  });

  it('never changes, and what has ended begins never again', async () => {
    const order = await active(ctx, termsFor(customers));
    const change = (set: string) => ctx.db.pool.query(`UPDATE standing_orders SET ${set} WHERE id = $1`, [order.id]);
    for (const set of [
      `terms = jsonb_set(terms, '{rowsOfNight}', '9000000')`,
      `preview = preview || '{"night": "2026-02-01"}'`,
      `plan_hash = repeat('a', 64)`,
      `created_by = 'somebody'`,
      `active_at = now()`,
    ])
      await expect(change(set)).rejects.toThrow('a standing order is not changed');
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
    await expect(change("status = 'active', ended_at = NULL, end_reason = NULL")).rejects.toThrow('not changed');
    await expect(endOrder(ctx, { orderId: order.id, reason: 'again' }, author)).rejects.toThrow('ended already');
  });

  it('ends the order that it replaces when it is approved, and not before', async () => {
    const first = await active(ctx, termsFor(customers));
    const order = await proposed(ctx, termsFor(customers, { replaces: first.id, rowsOfNight: 2_000 }));
    expect((await getOrder(ctx, first.id, author)).status).toBe('active');
    const planHash = order.planHash ?? '';
    const { approvalId } = await askOrder(ctx, { orderId: order.id, planHash }, author);
    await approve(ctx, approvalId, planHash);
    expect(await getOrder(ctx, first.id, author)).toMatchObject({
      status: 'ended',
      endReason: `Standing order ${order.id.slice(0, 8)} replaces it.`,
    });
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
  });
});

describe('the nights of an order', () => {
  it('make one campaign in their window, whatever the number of workers, and none outside of it', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await active(ctx, termsFor(customers));
    await tickOrders(ctx);
    expect(await nightsOf(order.id)).toEqual([]);
    expect((await getOrder(ctx, order.id, author)).next).toBe(
      'Its window is closed, so it does nothing. It begins again on 21 Feb 2026 at 01:00 (UTC).',
    );
    clock.set('2026-02-21T01:00:00Z');
    await Promise.all(Array.from({ length: 6 }, () => tickOrders(ctx)));
    expect(await nightsOf(order.id)).toEqual(['2026-02-21 under way']);
    const [campaign, ...more] = await rowsOf('SELECT id, request, created_by FROM campaigns WHERE order_id = $1', [
      order.id,
    ]);
    expect(more).toEqual([]);
    expect(campaign).toMatchObject({
      created_by: `standing order ${order.id.slice(0, 8)}, approved by anna`,
      request: {
        strategy: 'no-gap',
        limits: { rowsOfCustomer: 500, rowsInAll: 1_000 },
        fromDay: '2026-02-09',
        toDay: '2026-02-20',
        confirmed: [],
      },
    });
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
    await tickOrders(ctx);
    expect(await getCampaign(ctx, campaign.id)).toMatchObject({ status: 'ended', outcome: 'stopped' });
    await tickOrders(ctx);
    expect(await nightsOf(order.id)).toEqual(['2026-02-21 over']);
  });

  it('start what was planned by themselves, without another approval', async () => {
    clock.set('2026-02-21T12:00:00Z');
    const order = await active(ctx, termsFor(customers));
    clock.set('2026-02-22T01:00:00Z');
    await tickOrders(ctx);
    const campaignId = (await getOrder(ctx, order.id, author)).nights[0]?.campaignId ?? '';
    await makeCampaignPlan(ctx, campaignId, never);
    await Promise.all(Array.from({ length: 4 }, () => tickOrders(ctx)));
    expect(await getCampaign(ctx, campaignId)).toMatchObject({ status: 'running', counts: { waiting: 2 } });
    const actor = `standing order ${order.id.slice(0, 8)}, approved by anna`;
    expect((await listAudit(ctx, { actor })).map(({ action }) => action)).toEqual(['campaign.start', 'campaign.plan']);
    const person = { ...author, name: 'olga' };
    const { planHash } = await getCampaign(ctx, campaignId);
    const start = startCampaign(ctx, { campaignId, planHash: planHash ?? '', reason: 'now' }, person);
    await expect(start).rejects.toThrow('running already');
    clock.set('2026-02-22T05:00:00Z');
    await tickOrders(ctx);
    expect(await getCampaign(ctx, campaignId)).toMatchObject({ status: 'stopping' });
    expect(await nightsOf(order.id)).toEqual(['2026-02-22 closing']);
    expect((await getOrder(ctx, order.id, author)).status).toBe('active');
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
  });

  it('are missed where no worker was running, and are not made up for', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await active(ctx, termsFor(customers));
    clock.set('2026-02-23T06:00:00Z');
    await tickOrders(ctx);
    expect(await nightsOf(order.id)).toEqual(['2026-02-23 missed', '2026-02-22 missed', '2026-02-21 missed']);
    expect((await getOrder(ctx, order.id, author)).nights[0]?.sentence).toMatch(
      /^Missed: no worker was running between 01:00 and 05:00 \(UTC\)/,
    );
    expect(await rowsOf('SELECT 1 FROM campaigns WHERE order_id = $1', [order.id])).toEqual([]);
    clock.set('2026-02-25T05:00:00Z');
    await tickOrders(ctx);
    expect(await getOrder(ctx, order.id, author)).toMatchObject({
      status: 'ended',
      endReason: 'Its last night was that of 25 Feb 2026.',
    });
    clock.set('2026-02-26T02:00:00Z');
    await tickOrders(ctx);
    expect((await nightsOf(order.id))[0]).toBe('2026-02-25 missed');
  });

  it('wait while everything is stopped, and begin once that is lifted', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await active(ctx, termsFor(customers));
    await ctx.db.pool.query(
      "INSERT INTO stops (id, stopped_by, reason, immediately) VALUES (gen_random_uuid(), 'olga', 'a disk is full', false)",
    );
    clock.set('2026-02-21T02:00:00Z');
    await tickOrders(ctx);
    expect(await nightsOf(order.id)).toEqual(['2026-02-21 waiting']);
    expect((await getOrder(ctx, order.id, author)).next).toBe(
      'Tonight’s campaign waits. olga stopped everything: a disk is full',
    );
    await ctx.db.pool.query("UPDATE stops SET lifted_by = 'olga', lifted_reason = 'there is room', lifted_at = now()");
    await tickOrders(ctx);
    expect(await nightsOf(order.id)).toEqual(['2026-02-21 under way']);
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
    await tickOrders(ctx);
    await tickOrders(ctx);
  });

  it('are over at once where no customer is affected', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await active(ctx, termsFor(customers, { filter: { by: 'all affected' } }));
    clock.set('2026-02-21T02:00:00Z');
    await tickOrders(ctx);
    expect((await getOrder(ctx, order.id, author)).nights).toMatchObject([
      { status: 'over', campaignId: null, sentence: /^Nothing to repair/ },
    ]);
    await endOrder(ctx, { orderId: order.id, reason: 'enough' }, author);
  });

  it('begin for no order that the audit does not prove', async () => {
    clock.set('2026-02-20T12:00:00Z');
    const order = await proposed(ctx, termsFor(customers));
    await ctx.db.pool.query(
      "UPDATE standing_orders SET status = 'active', approved_by = 'anna', active_at = '2026-02-20T12:00:00Z' WHERE id = $1",
      [order.id],
    );
    clock.set('2026-02-21T02:00:00Z');
    await tickOrders(ctx);
    expect(await getOrder(ctx, order.id, author)).toMatchObject({
      status: 'stopped',
      endReason: /The audit has no approval/,
      nights: [],
    });
    expect((await listOrders(ctx, { status: 'stopped' }, author)).map(({ id }) => id)).toEqual([order.id]);
    const [noticed] = await rowsOf("SELECT via FROM audit WHERE action = 'database.update' AND subject = $1", [
      `standing_orders ${order.id}`,
    ]);
    expect(noticed).toEqual({ via: 'database' });
  });
});
