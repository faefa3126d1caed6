import { describe, expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { keptTables } from '@/lib/customers/kept-tables';
import { lookedTablesOf, seeMarks } from '@/lib/detection/changes/look-at-parts';
import { tablesAsMarked } from '@/lib/detection/changes/tables-as-marked';
import { listDays } from '@/lib/detection/view/list-days';
import { AppError } from '@/lib/errors';
import { until } from '@/tests/support/until';
import type { Row } from '../oracle';
import { asking, ctx, customer, range, rowOf, scan, watchOneCustomer, write, writeBoth } from './watched';

watchOneCustomer();

/** The names of the statements of a scan, without those that ask how ClickHouse is reached. */
async function statementsOf(more: (statement: string) => unknown = () => undefined) {
  const names: string[] = [];
  const noted =
    <Of extends 'read' | 'command'>(of: Of): ClickHouse[Of] =>
    async (statement: { name: string }, args: never) => {
      if (!statement.name.startsWith('way.')) names.push(statement.name);
      await more(statement.name);
      return (ctx.clickhouse[of] as (...all: unknown[]) => never)(statement, args);
    };
  const counting = { read: { value: noted('read') }, command: { value: noted('command') } };
  const ended = await scan({ clickhouse: Object.create(ctx.clickhouse, counting) });
  return { ended, names: names.sort() };
}

const day = async (wanted: string) =>
  (await listDays(ctx, { customerId: 'acme', ...range })).find((one) => one.day === wanted);

describe('a scan of few rows', () => {
  it('reads all of its days as a scan of many does, so that the one checks the other', async () => {
    const { ended, names } = await statementsOf();
    expect(ended).toMatchObject({ kind: 'full', status: 'succeeded' });
    expect(names).toContain('detection.screen');
    expect(names).not.toContain('detection.explain_few');
  });

  it('of changes takes eight statements, one more for the other side, and those for the order of stored rows', async () => {
    const asked = async (day: string, rows: { truth?: Row[]; labels?: Row[] }) => {
      for (const side of ['truth', 'labels'] as const) await write(side, ...(rows[side] ?? []));
      const { ended, names } = await statementsOf();
      expect(ended).toMatchObject({ kind: 'changes', days: [day] });
      return names;
    };
    const areSettled = async () => (await seeMarks(ctx, lookedTablesOf(await keptTables(ctx, customer)))).areSettled;
    await until('the tables are not new any more', areSettled);
    await write('truth', rowOf('2026-02-05', 'of which the names become known'));
    await scan();
    const both = ['2026-02-06', '2026-02-07'].map((day) => rowOf(day, `few of ${day}`));
    const [sixth, seventh] = both as [Row, Row];
    const always = ['changes.days_together', 'changes.part_days', 'changes.part_digests', 'changes.parts'];
    always.push('changes.table_marks', 'changes.turns', 'detection.explain_few');
    const found = await asked('2026-02-06', { truth: [sixth], labels: [sixth] });
    expect(found).toEqual([...always, 'changes.part_days'].sort());
    const missing = await asked('2026-02-07', { truth: [seventh] });
    expect(missing).toEqual([...always, 'detection.rows_outside', 'detection.truth_changes'].sort());
    const tied = await asked('2026-02-07', { labels: [seventh, { ...seventh, useCase: 'another' }] });
    expect(tied).toEqual(expect.arrayContaining([...always, 'detection.newest', 'detection.explain']));
  });

  it.each(['detection.explain_few', 'changes.days_together'])(
    'counts as usual where ClickHouse refuses %s',
    async (name) => {
      // Of many parts the engine merges some by itself, and what is new is then read with what it was merged with.
      for (const table of ['conversation', 'conversation_with_labels'])
        await ctx.admin.client.command({ query: `OPTIMIZE TABLE ${customer.database}.${table} FINAL` });
      await scan();
      for (const [code, agent] of [
        ['limit', 'bob'],
        ['refused', 'cid'],
      ] as const) {
        const label = rowOf('2026-02-04', 'first of 2026-02-04', { agent, versionMs: Date.UTC(2026, 1, 12) });
        await write('labels', label);
        const refuse = () => {
          throw new AppError(code, 'A bound of the profile.');
        };
        const ended = await scan({ clickhouse: asking(name, refuse) });
        expect(ended).toMatchObject({ kind: 'changes', days: ['2026-02-04'], status: 'succeeded', atLeast: false });
        expect(await day('2026-02-04')).toMatchObject({ affected: 1, atLeast: false });
        await writeBoth(rowOf('2026-02-04', 'first of 2026-02-04', { versionMs: Date.UTC(2026, 1, 13) }));
        await scan();
      }
    },
  );
});

it('tables that were changed within the same second as before are read again', async () => {
  const alter = async (both: string, local = '') => {
    for (const [table, statement] of [
      ['conversation_with_labels_d', both],
      ['conversation_with_labels', both + local],
    ])
      await ctx.admin.client.command({ query: `ALTER TABLE ${customer.database}.${table} ${statement}` });
  };
  const key = async () => (await tablesAsMarked(ctx, customer)).tables.labels.key;
  await alter('ADD COLUMN other String');
  const before = await key();
  await alter('ADD COLUMN region String', `, MODIFY ORDER BY (${before.join(', ')}, region)`);
  expect(await key()).toEqual([...before, 'region']);
});
