import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestContext, testContext } from '../../support/context';
import { clickhouseAs } from '../../support/fresh';
import { backedUp, inAndAround, labelTable, runJob, tagged } from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe('an order', () => {
  const refused = async (kind: string, order: unknown, sentence: RegExp) => {
    const done = await runJob(ctx, kind, order);
    expect(done).toMatchObject({ code: 2, report: { exit: 'orderRefused' } });
    expect(done.lines.join('\n')).toMatch(sentence);
  };

  it('that names anything but the labels of its customer, or an unbounded scope, is refused', async () => {
    const table = await labelTable(ctx);
    const other = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await backedUp(ctx, table);
    const { scope } = order;
    const bad: [unknown, RegExp][] = [
      ['no json', /not JSON/],
      [{ ...order, scope: { ...scope, profiles: [] } }, /profiles/],
      [{ ...order, scope: { ...scope, toMs: scope.fromMs } }, /empty or reversed/],
      [{ ...order, scope: { ...scope, fromMs: scope.toMs, toMs: scope.fromMs } }, /empty or reversed/],
      [{ ...order, scope: { ...scope, fromMs: 0 } }, /longer than 40 days/],
      [{ ...order, scope: { ...scope, fromMs: scope.fromMs - 1 } }, /not those of its instants/],
      [{ ...order, scope: { ...scope, customerId: '' } }, /customerId/],
      [{ ...order, labels: { ...order.labels, table: 'conversation_d' } }, /labels table is .*conversation_d/],
      [{ ...order, labelsLocal: { ...order.labelsLocal, table: 'conversation' } }, /local labels table/],
      [
        { ...order, labels: other.tables.labels.distributed, labelsLocal: other.tables.labels.local },
        /labels table is/,
      ],
      [{ ...order, cluster: 'elsewhere' }, /cluster is elsewhere/],
      [{ ...order, tag: "slc:x' OR 1" }, /tag/],
      [{ ...order, scope: { ...scope, database: 'nowhere' } }, /no table/],
    ];
    for (const [one, sentence] of bad) await refused('delete', one, sentence);
    await refused('truncate', order, /no kind of Job/);
    await refused('kill', { ...order, mutationId: '' }, /mutationId/);
    expect(await table.rows()).toHaveLength(6);
    expect(await tagged(table, 'slc:')).toEqual([]);
  });
});

describe('the users', () => {
  it('the reader cannot change anything, and the deleter cannot drop or truncate', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const { database } = table.scope;
    const local = `${database}.conversation_with_labels`;
    const reader = clickhouseAs('slc_reader');
    const deleter = clickhouseAs('slc_deleter');
    const refusal = (who: typeof reader, query: string) =>
      who.client.command({ query }).then(
        () => null,
        (error) => error.code,
      );
    expect(await refusal(reader, `ALTER TABLE ${local} DELETE WHERE 1`)).toBe('497');
    expect(await refusal(reader, `CREATE TABLE ${local}_slc_backup (a String) ENGINE = Memory`)).toBe('497');
    for (const query of [
      `DROP TABLE ${local}`,
      `TRUNCATE TABLE ${local}`,
      `ALTER TABLE ${local} DROP PARTITION 202602`,
      `DROP DATABASE ${database}`,
    ])
      expect(await refusal(deleter, query), query).toBe('497');
    expect(await table.rows()).toHaveLength(6);
    await Promise.all([reader.close(), deleter.close()]);
  });
});
