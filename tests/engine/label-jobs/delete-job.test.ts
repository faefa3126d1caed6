import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { type TestContext, testContext } from '../../support/context';
import {
  backedUp,
  deleteAndWait,
  inAndAround,
  type LabelTable,
  label,
  labelTable,
  orderedTable,
  runJob,
  tagged,
  waitingDelete,
} from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe.each(['end hour and agent', 'start time', 'conversation only'] as const)(
  'a delete Job on the key "%s"',
  (labelKey) => {
    it('deletes exactly the scope: no other customer, profile or day, and no wrong customer’s row', async () => {
      const table = await labelTable(ctx, { labelKey });
      const rows = inAndAround();
      await table.insert(rows);
      const order = await backedUp(ctx, table);
      const others = (await table.rows()).filter((row) =>
        rows.slice(2).some((one) => row.includes(`"${one.conversation_id}"`)),
      );
      const done = await deleteAndWait(ctx, table, order);
      expect(done.code, done.lines.join('\n')).toBe(0);
      expect(done.report?.numbers).toMatchObject({ rows: 2, submitted: 1 });
      expect(await table.rows()).toEqual(others);
      expect(others).toHaveLength(4);
    });
  },
);

describe('a delete Job', () => {
  it('takes every version of its rows along, so that none comes back as an older one', async () => {
    const table = await labelTable(ctx);
    const row = label();
    await table.run('SYSTEM STOP MERGES $labels');
    await table.insert([row]);
    await table.insert([{ ...row, usecase_id: 'second', update_time: '2026-02-10 12:00:00.000' }]);
    await table.insert([{ ...row, usecase_id: 'third', update_time: '2026-02-10 13:00:00.000' }]);
    await table.run('SYSTEM START MERGES $labels');
    const order = await backedUp(ctx, table);
    expect(await deleteAndWait(ctx, table, order)).toMatchObject({ code: 0 });
    expect(await table.rows()).toEqual([]);
  });

  it('leaves its tag in the command that ClickHouse keeps', async () => {
    const { table, order } = await orderedTable(ctx);
    await deleteAndWait(ctx, table, order);
    expect(await tagged(table, order.tag)).toHaveLength(1);
    const [progress] = await mutationProgress(ctx, { tables: table.tables, tag: order.tag });
    expect(progress).toMatchObject({ isDone: true, isKilled: false, partsToDo: 0, failReason: '' });
    expect(await mutationProgress(ctx, { tables: table.tables, tag: order.tag.replace(/1$/, '11') })).toEqual([]);
  });

  it('submits nothing when there is nothing to delete', async () => {
    const table = await labelTable(ctx);
    await table.insert([label({ customer_id: 'other' })]);
    const order = await backedUp(ctx, table);
    expect(await runJob(ctx, 'delete', order)).toMatchObject({ code: 0, report: { numbers: { rows: 0 } } });
    expect(await tagged(table, 'slc:')).toEqual([]);
  });

  it('refuses labels that changed since the plan, by one value of one row', async () => {
    const table = await labelTable(ctx);
    const row = label();
    await table.insert([row, label()]);
    const order = await backedUp(ctx, table);
    await table.insert([{ ...row, usecase_id: 'other', update_time: '2026-02-10 12:00:00.000' }]);
    const done = await runJob(ctx, 'delete', order);
    expect(done).toMatchObject({ code: 3, report: { exit: 'notAsPlanned', numbers: { rows: 2, expected: 2 } } });
    expect(done.lines.join('\n')).toContain('with other content');
    expect(await tagged(table, 'slc:')).toEqual([]);
    expect(await table.rows()).toHaveLength(3);
  });

  it.each([
    ['was never made', async () => undefined],
    [
      'lost a row',
      async (table: LabelTable) => {
        await backedUp(ctx, table);
        await table.run(
          `ALTER TABLE ${table.scope.database}.conversation_with_labels_slc_backup DELETE WHERE conversation_end_time > '2026-02-11' SETTINGS mutations_sync = 2`,
        );
      },
    ],
  ])('refuses when its backup %s', async (_, spoil) => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    await spoil(table);
    const done = await runJob(ctx, 'delete', await table.order());
    expect(done).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
    expect(done.lines.join('\n')).toContain('The backup is not as ordered');
    expect(await table.rows()).toHaveLength(6);
  });

  it('deletes the rest of a half deleted day when its order names both digests', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const first = await backedUp(ctx, table);
    await table.run(
      `ALTER TABLE $labels DELETE WHERE conversation_end_time > '2026-02-11' SETTINGS mutations_sync = 2`,
    );
    const order = {
      ...first,
      tag: first.tag.replace(/1$/, '2'),
      expect: (await table.order()).expect,
      expectBackup: first.expect,
    };
    expect(await runJob(ctx, 'delete', { ...order, expectBackup: undefined })).toMatchObject({ code: 3 });
    expect(await deleteAndWait(ctx, table, order)).toMatchObject({ code: 0, report: { numbers: { rows: 1 } } });
    expect(await table.rows()).toHaveLength(4);
  });

  it('ends as soon as its delete is submitted, and leaves a row that is written while the mutation runs', async () => {
    const { table, done, goOn } = await waitingDelete(ctx);
    expect(done, done.lines.join('\n')).toMatchObject({ code: 0, report: { numbers: { rows: 2, submitted: 1 } } });
    expect(await table.rows()).toHaveLength(6);
    await table.insert([label({ usecase_id: 'late' })]);
    await goOn();
    expect(await table.rows()).toHaveLength(5);
    expect((await table.rows()).filter((row) => row.includes('"late"'))).toHaveLength(1);
  });

  it('drops an identical insert after a delete, and says what lets it in again', async () => {
    const table = await labelTable(ctx);
    await table.run('ALTER TABLE $labels MODIFY SETTING non_replicated_deduplication_window = 100');
    const rows = [label(), label()];
    await table.insert(rows);
    const order = await backedUp(ctx, table);
    await deleteAndWait(ctx, table, order);
    await table.insert(rows);
    expect(await table.rows()).toEqual([]);
    await table.insert(rows, { insert_deduplicate: 0 });
    expect(await table.rows()).toEqual([]);
    await table.insert(rows, { deduplicate_insert: 'disable' });
    expect(await table.rows()).toHaveLength(2);
  });
});
