import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { quoteName } from '@/lib/clickhouse/identifiers';
import { checkCustomer } from '@/lib/customers/check-customer';
import type { Customer } from '@/lib/customers/model';
import { messageOf } from '@/lib/errors';
import type { TestContext } from '../../support/context';
import { customerWith, fill, labelBytes } from '../../support/kinds';
import { refusedKinds } from '../../support/kinds-refused';
import { repairedKinds } from '../../support/kinds-repaired';
import { approvedUndo, checkOf, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

const inDay = "toDate(conversation_start_time, 'UTC') = '2026-02-10'";
const strategies: RepairStrategy[] = ['replace', 'no-gap'];
const request = (customer: Customer, strategy: RepairStrategy) =>
  ({ customerId: customer.id, fromDay: '2026-02-10', toDay: '2026-02-11', strategy, onlyAffected: true }) as const;

describe('every kind of column', () => {
  let ctx: TestContext;
  const ends = new Map<string, string>();
  beforeAll(async () => {
    ctx = await workingContext();
  });
  afterAll(() => ctx?.close());

  /** Check, scan, plan, run and undo by each strategy; the labels end as they began. */
  async function repair(customer: Customer, undoBoth: boolean) {
    expect((await checkCustomer(ctx, customer.id)).filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    const before = await labelBytes(ctx, customer);
    const outside = await labelBytes(ctx, customer, `NOT (${inDay})`);
    for (const strategy of strategies) {
      const plan = await planBackfill(ctx, request(customer, strategy));
      expect(plan.units[0]?.days[0]?.counts).toMatchObject({
        conversations: 6,
        stale: 4,
        open: 1,
        duplicates: 0,
        missing: 0,
      });
      const run = await reached(ctx, await start(ctx, request(customer, strategy)), ['verified']);
      expect(await labelBytes(ctx, customer)).not.toEqual(before);
      expect(await labelBytes(ctx, customer, `NOT (${inDay})`)).toEqual(outside);
      if (strategy === 'no-gap' && !undoBoth) return;
      const undo = await planUndo(ctx, { runId: run.id });
      await reached(ctx, await approvedUndo(ctx, { runId: run.id, planHash: undo.hash, reason: 'as it was' }), [
        'verified',
      ]);
      expect(await labelBytes(ctx, customer), strategy).toEqual(before);
    }
  }

  it.concurrent.each(repairedKinds)(
    '$name is repaired and undone byte for byte',
    { timeout: 600_000 },
    async (kind) => {
      const customer = await customerWith(ctx, kind.tables);
      await fill(ctx, customer, kind.tables);
      await repair(customer, kind.undoBoth ?? false);
      for (const cell of kind.cells) ends.set(cell, 'verified by replace and no-gap, undone byte for byte');
    },
  );

  it.each(refusedKinds)('$cell is refused by the check and the plan, by name', async ({ cell, tables, names }) => {
    const customer = await customerWith(ctx, tables);
    if (tables.afterRows) await fill(ctx, customer, tables);
    const [check] = await checkCustomer(ctx, customer.id);
    expect(check).toMatchObject({ verdict: 'fail', sentence: expect.stringContaining(names) });
    const sentence = check?.sentence ?? '';
    const planned = await planBackfill(ctx, request(customer, 'replace')).then(
      (plan) => checkOf(plan, 'columns'),
      (error: unknown) => ({ verdict: 'fail', sentence: messageOf(error) }),
    );
    expect(planned).toMatchObject({ verdict: 'fail', sentence });
    ends.set(
      cell,
      `refused: ${sentence.replaceAll(`${customer.database}.`, '').replaceAll(`${quoteName(customer.database)}.`, '')}`,
    );
  });

  it('the table in the docs is that of these cells', async () => {
    const cells = [...repairedKinds.flatMap((kind) => kind.cells), ...refusedKinds.map(({ cell }) => cell)];
    const text = `# Kinds of columns

Written by \`tests/engine/backfill/column-kinds.test.ts\` (\`npx vitest run --project engine tests/engine/backfill/column-kinds.test.ts -u\`),
which makes each on the real engine and takes it through check, scan, plan, backfill by each strategy, and undo.

| Kind | What happens |
|---|---|
${cells.map((cell) => `| ${cell} | ${ends.get(cell)} |`).join('\n')}
`;
    await expect(text).toMatchFileSnapshot('../../../docs/column-kinds.md');
  });
});
