import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { Customer } from '@/lib/customers/model';
import { createCustomerTables } from '@/lib/embedded/demo/build-customer';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { type TestContext, testContext } from '../../support/context';
import { addLabel, checkOf, dayOfIncident, incidentOf } from '../../support/repair';

describe('the plan of a repair', () => {
  let ctx: TestContext;
  const sql = (query: string) => ctx.admin.client.command({ query });
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());

  it('counts what will go, come and change on the incident’s day, and every pre-check passes', async () => {
    const customer = await incidentOf(ctx, { conversations: 1_204 });
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan.checks.filter((check) => check.verdict !== 'pass')).toEqual([]);
    expect(plan.units).toMatchObject([
      {
        unit: '2026-02-10',
        skip: null,
        labelRows: 1_204,
        rowsToDelete: 1_204,
        conversationsToRelabel: 1_204,
        conversationsThatChange: 17,
        orphansThatGo: 0,
        openThatLoseLabel: 0,
        days: [{ day: '2026-02-10', counts: { conversations: 1_204, affected: 17, stale: 17, duplicates: 0 } }],
      },
    ]);
    expect(plan.units[0]?.partsTouched).toBeGreaterThan(0);
    expect(plan.units[0]?.bytesTouched).toBeGreaterThan(0);
    expect(plan.expectedActiveDays).toEqual([{ agent: 'Corinne Harmon', before: 0, expected: 1 }]);
    expect(plan.expectedSeconds).toBeGreaterThan(0);
  });

  it('has the same hash while nothing changes, and another as soon as one label row does', async () => {
    const customer = await incidentOf(ctx);
    const [one, two] = [
      await planBackfill(ctx, dayOfIncident(customer)),
      await planBackfill(ctx, dayOfIncident(customer)),
    ];
    expect(one.hash).toBe(two.hash);
    await sql(`OPTIMIZE TABLE ${customer.database}.conversation_with_labels FINAL`);
    expect((await planBackfill(ctx, dayOfIncident(customer))).hash).toBe(one.hash);
    await addLabel(ctx, customer);
    expect((await planBackfill(ctx, dayOfIncident(customer))).hash).not.toBe(one.hash);
  });

  it('gives days without a fault a row with the reason, and plans them when all days are asked for', async () => {
    const customer = await incidentOf(ctx, {
      change: ({ blocks: [block] }) => {
        block?.days.push('2026-02-11', '2026-02-12');
        block?.counts.push(30, 0);
        for (const faults of Object.values(block?.faults ?? {})) faults.push(0, 0);
      },
    });
    const request = { ...dayOfIncident(customer), toDay: '2026-02-13' };
    const affected = await planBackfill(ctx, request);
    expect(affected.units.map((day) => day.skip)).toEqual([
      null,
      'No conversation of the day is affected.',
      'The day has no conversations.',
    ]);
    const all = await planBackfill(ctx, { ...request, onlyAffected: false });
    expect(all.units.map((day) => day.rowsToDelete)).toEqual([50, 30, 0]);
  });

  it('offers "no-gap" beside "replace", which deletes the wrong rows alone', async () => {
    const customer = await incidentOf(ctx);
    const replace = await planBackfill(ctx, dayOfIncident(customer));
    const noGap = await planBackfill(ctx, dayOfIncident(customer, { strategy: 'no-gap' }));
    expect([replace.rowsToDelete, noGap.rowsToDelete]).toEqual([50, 17]);
    expect(noGap.hash).not.toBe(replace.hash);
    const offered = (replace.offers ?? []).filter((offer) => offer.possible).map((offer) => offer.strategy);
    expect(offered).toEqual(['replace', 'no-gap']);
  });

  it('needs no delete where the label key has no mutable column', async () => {
    const customer = await incidentOf(ctx);
    await createCustomerTables(ctx.admin, customer.database, { cluster: 'slc', labelKey: 'conversation only' });
    await sql(truthRow(customer, 'a', '10:00:00'));
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan).toMatchObject({ strategy: 'relabel-only', rowsToDelete: 0 });
    expect(checkOf(plan, 'relabel-only')?.verdict).toBe('pass');
  });

  const truthRow = (customer: Customer, id: string, clock: string) =>
    `INSERT INTO ${customer.database}.conversation VALUES ('${customer.id}', 'reservations', '${id}', 'Grace Ito', 'baggage-chat', 'chat',
      '${incidentDay} ${clock}', '${incidentDay} 20:00:00', '${incidentDay} 20:01:00')`;
});
