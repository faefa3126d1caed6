import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelDigest } from '@/lib/label-store/label-digest';
import type { JobOrder } from '@/lib/label-store/model';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import {
  backedUp,
  inAndAround,
  type LabelRow,
  type LabelTable,
  label,
  labelTable,
  runJob,
  tagged,
  undoOf,
  untilDeleted,
} from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

/** Runs a Job through a proxy that inserts `late` after every proof, at the door of the delete. */
async function withLateRows(kind: string, order: JobOrder, table: LabelTable, late: LabelRow[]) {
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, async (sql) => {
    if (/ALTER TABLE/.test(sql)) await table.insert(late);
    return { kind: 'pass' };
  });
  const done = await runJob(ctx, kind, order, { CLICKHOUSE_URL: proxy.url });
  await proxy.close();
  return done;
}

describe('rows written between the proof of the backup and the delete', () => {
  const first = () => label({ agent_user_id: 'first' });
  const writes: [string, (row: LabelRow) => LabelRow][] = [
    ['a newer version', (row) => ({ ...row, usecase_id: 'late', update_time: '2026-02-10 12:00:00.000' })],
    ['the same version', (row) => ({ ...row, usecase_id: 'late' })],
    ['an older version', (row) => ({ ...row, usecase_id: 'late', update_time: '2026-02-10 09:00:00.000' })],
    ['another key', () => label({ usecase_id: 'late' })],
  ];

  it.each(writes)('are kept when they are %s', async (which, written) => {
    const table = await labelTable(ctx);
    const row = first();
    await table.insert([row, label()]);
    const done = await withLateRows('delete', await backedUp(ctx, table), table, [written(row)]);
    await untilDeleted(table);
    expect(done, done.lines.join('\n')).toMatchObject({ code: 0 });
    const left = await table.rows();
    // An older version may be merged away by the row that it is older than, before that one is deleted.
    if (which !== 'an older version' || left.length > 0) expect(left).toEqual([expect.stringContaining('"late"')]);
  });

  it('are kept by an undo as well, which then restores nothing beside them', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await backedUp(ctx, table);
    await table.insert([label()]);
    const undo = await undoOf(ctx, table, order);
    const done = await withLateRows('delete', undo.remove, table, [label({ usecase_id: 'late' })]);
    expect(done, done.lines.join('\n')).toMatchObject({ code: 0 });
    await untilDeleted(table);
    expect((await table.rows()).filter((row) => row.includes('"late"'))).toHaveLength(1);
    expect(await runJob(ctx, 'restore', undo.restore)).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
  });

  it('and before an undo make it refuse before it deletes', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await backedUp(ctx, table);
    await table.insert([label()]);
    const { remove } = await undoOf(ctx, table, order);
    await table.insert([label()]);
    const now = await labelDigest(ctx, { scope: table.scope, tables: table.tables });
    for (const [one, sentence] of [
      [remove, 'The labels are not as ordered'],
      [{ ...remove, expect: now, expectBackup: remove.expect }, 'The backup lacks 1 label row of the scope'],
    ] as const) {
      const done = await runJob(ctx, 'delete', one);
      expect(done, done.lines.join('\n')).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
      expect(done.lines.join('\n')).toContain(sentence);
    }
    expect(await table.rows()).toHaveLength(8);
    expect(await tagged(table, 'slc:')).toEqual([]);
  });
});

describe('an order whose backup is not its own', () => {
  /** Labels of two days and two customers in one table, each backed up by a different run. */
  async function foreign() {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const { scope } = table;
    const nextDay = { fromDay: scope.toDay, toDay: '2026-02-12', fromMs: scope.toMs, toMs: scope.toMs + 86_400_000 };
    const backupOf = async (given: Partial<JobOrder['scope']>) => {
      const other = { ...scope, ...given };
      const made = await table.order({
        scope: other,
        expect: await labelDigest(ctx, { scope: other, tables: table.tables }),
      });
      const dated = (text: string) => text.replace(scope.fromDay, other.fromDay);
      const order = { ...made, tag: dated(made.tag), backupId: dated(made.backupId) };
      const done = await runJob(ctx, 'backup', order);
      if (done.code !== 0) throw new Error(done.lines.join('\n'));
      return order;
    };
    return {
      table,
      order: await backedUp(ctx, table),
      day: await backupOf(nextDay),
      customer: await backupOf({ customerId: 'other' }),
    };
  }

  it('is refused by every kind of Job before anything is changed', async () => {
    const { table, order, day, customer } = await foreign();
    const moved = (from: JobOrder): JobOrder => ({
      ...order,
      tag: `slc:${from.backupId.split('/')[0]}/2026-02-10/9`,
      backupId: from.backupId,
      expectBackup: from.expect,
    });
    // The id may be renamed to the order's own run and day: the rows of the backup still say whose they are.
    const disguised = `${customer.backupId.split('/')[0]}/2026-02-10/1`;
    const list = `${disguised}/wrong`;
    await table.run(
      `INSERT INTO ${table.scope.database}.conversation_with_labels_slc_backup
       SELECT * REPLACE ('${list}' AS slc_backup_id) FROM ${table.scope.database}.conversation_with_labels_slc_backup
       WHERE slc_backup_id = '${customer.backupId}'`,
    );
    const bad: [string, JobOrder, RegExp][] = [
      ['delete', moved(day), /unit of ".*" is 2026-02-11, and here it is 2026-02-10/],
      ['delete', moved(customer), /1 row of its backup is not of its customer, profiles and range/],
      [
        'delete',
        { ...moved(customer), listId: list, expect: customer.expect },
        /not of its customer, profiles and range/,
      ],
      ['delete', { ...order, listId: list }, /run of/],
      ['delete', { ...order, listId: order.backupId }, /no list of wrong rows/],
      ['delete', { ...order, tag: order.tag.replace('2026-02-10', '2026-02-11') }, /tag’s unit/],
      ['delete', { ...order, backupId: customer.backupId, expectBackup: customer.expect }, /run of/],
      [
        'delete',
        { ...order, restores: { backupId: day.backupId, expect: day.expect, isPartlyBack: false } },
        /unit of/,
      ],
      [
        'delete',
        { ...order, restores: { backupId: customer.backupId, expect: customer.expect, isPartlyBack: false } },
        /not of its customer/,
      ],
      ['restore', { ...moved(day), expect: day.expect }, /unit of/],
      ['restore', { ...order, backupId: customer.backupId, expect: customer.expect }, /not of its customer/],
      ['prove', { ...moved(day), listId: `${order.backupId}/wrong` }, /unit of/],
      ['prove', { ...moved(customer), listId: list }, /not of its customer/],
    ];
    const before = await table.rows();
    for (const [kind, one, sentence] of bad) {
      const done = await runJob(ctx, kind, one);
      expect(done, `${kind} ${done.lines.join('\n')}`).toMatchObject({ code: 2, report: { exit: 'orderRefused' } });
      expect(done.lines.join('\n')).toMatch(sentence);
    }
    const { labels, labelsLocal, cluster } = order;
    const drop = await runJob(ctx, 'drop', {
      customerId: 'acme',
      labels,
      labelsLocal,
      cluster,
      backupIds: [order.backupId, customer.backupId],
    });
    expect(drop, drop.lines.join('\n')).toMatchObject({ code: 2, report: { exit: 'orderRefused' } });
    expect(drop.lines.join('\n')).toContain('its customer is acme, and here it is other');
    expect(await table.rows()).toEqual(before);
    expect(await tagged(table, 'slc:')).toEqual([]);
    expect(await runJob(ctx, 'delete', order)).toMatchObject({ code: 0 });
  });
});
