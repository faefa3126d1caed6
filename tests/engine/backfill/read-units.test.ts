import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repairIdentifiers } from '@/lib/backfill/plan/checks/input';
import { selectTruthDigests, selectTruthHashes } from '@/lib/backfill/plan/sql/truth';
import { type CountedUnit, readUnits } from '@/lib/backfill/plan/units/read-units';
import { spanScope, spansOf } from '@/lib/backfill/plan/units/spans';
import { type Customer, type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf, scopeOfUnit } from '@/lib/customers/unit-model';
import { seeded } from '@/lib/embedded/demo/seeded';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type TestContext, testContext } from '../../support/context';
import { customerWith } from '../../support/kinds';

/** Days and hours with gaps between them, two that follow each other, and one of 23 hours. */
const units = [
  '2026-03-02',
  '2026-03-04',
  '2026-03-05t080000000-2026-03-05t120000000',
  '2026-03-07t000000000-2026-03-09t000000000',
  '2026-03-09',
  '2026-03-11t220000000-2026-03-12t000000000',
];
const timeZone = 'America/Los_Angeles';
const counted: CountedUnit[] = units.map((unit) => ({ unit, days: [] }));

let ctx: TestContext;
let customer: Customer;
let tables: CustomerTables;
let scope: Scope;

const instant = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

/**
 * Conversations from 1 to 13 March with any label that there may be: right, wrong, several, none, of another profile or
 * another day, open, and older versions of a row that no merge has removed.
 */
beforeAll(async () => {
  ctx = await testContext();
  customer = await customerWith(ctx, { timeZone });
  tables = await readTables(ctx, customer);
  scope = scopeOf(customer, '2026-03-01', '2026-03-14');
  const minute = 60_000;
  const random = (most: number, ...of: (string | number)[]) => seeded(most, 7, ...of);
  const version = (id: string, at: number) => {
    const startMs =
      scope.fromMs + random((scope.toMs - scope.fromMs) / minute, id, random(12, id, at) === 0 ? at : 0) * minute;
    const isOpen = random(8, id, at, 'open') === 0;
    return {
      conversation_id: id,
      customer_id: customer.id,
      profile_id: 'main',
      agent_user_id: ['ann', 'ben', ''][random(3, id, at, 'agent')],
      usecase_id: 'sales',
      conversation_start_time: instant(startMs),
      conversation_end_time: instant(isOpen ? 0 : startMs + random(2, id, at, 'end') * 90 * minute),
      update_time: instant(scope.toMs + random(3, id, at, 'version') * minute),
    };
  };
  const rows = Array.from({ length: 900 }, (_, at) => `c${at}`).map((id) => {
    const versions = Array.from({ length: 1 + random(3, id) }, (_, at) => version(id, at));
    return {
      versions,
      labels: versions
        .filter((_, at) => random(5, id, at, 'label') > 0)
        .map((row) => ({ ...row, agent_user_id: row.agent_user_id ?? '' })),
    };
  });
  const insert = (table: string, values: object[]) =>
    ctx.admin.client.insert({ table: `${customer.database}.${table}`, values, format: 'JSONEachRow' });
  for (const table of ['conversation', 'conversation_with_labels'])
    await ctx.admin.client.command({ query: `SYSTEM STOP MERGES ${customer.database}.${table}` });
  for (const round of [0, 1, 2]) {
    await insert(
      'conversation',
      rows.flatMap(({ versions }) => versions[round] ?? []),
    );
    await insert(
      'conversation_with_labels',
      rows.flatMap(({ labels }) => labels[round] ?? []),
    );
  }
});
afterAll(() => ctx?.close());

describe('units of a plan that are read together', () => {
  it('have the digests, open labels, wrong rows and parts that each unit has by itself', async () => {
    expect(spansOf(counted, { timeZone, sizeMax: 0 })).toEqual([units]);
    const together = await readUnits(ctx, { scope, tables, units: counted });
    let wrong = 0;
    for (const one of counted) {
      const own = scopeOfUnit(customer, one.unit);
      const [byItself] = (await readUnits(ctx, { scope: own, tables, units: [one] })).values();
      expect(together.get(one.unit), one.unit).toEqual(byItself);
      expect(byItself?.digest).toEqual(await labelDigest(ctx, { scope: own, tables }));
      expect(byItself?.digest.rows).toBeGreaterThan(0);
      wrong += byItself?.wrong ?? 0;
    }
    expect(wrong).toBeGreaterThan(20);
  });

  it('have the sums of the hashes that are read of each conversation', async () => {
    const ranges = units.map((unit) => instantsOf(unit, timeZone));
    const args = {
      params: { ...scopeParams(spanScope(scope, units)), ...rangesParams(ranges) },
      identifiers: repairIdentifiers(tables),
    };
    const { rows: digests } = await ctx.clickhouse.read(selectTruthDigests, args);
    const readPart = (mask: number, part: number) =>
      ctx.clickhouse.read(selectTruthHashes, { ...args, params: { ...args.params, mask, part } });
    const { rows: hashes } = await readPart(0, 0);
    const parts = await Promise.all([0, 1, 2, 3].map((part) => readPart(3, part)));
    const sorted = (rows: typeof hashes) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(parts.flatMap(({ rows }) => rows))).toEqual(sorted(hashes));
    for (const { rows } of parts) expect(rows.length).toBeGreaterThan(0);
    expect(digests).toHaveLength(units.length);
    for (const { at, ...digest } of digests) {
      const own = hashes.filter((row) => row.at === at);
      const sum = (values: string[]) => String(values.reduce((total, value) => total + BigInt(value), 0n));
      expect(digest).toEqual({
        conversations: own.length,
        ids: sum(own.map(({ idHash }) => idHash)),
        content: sum(own.map(({ rowHash }) => rowHash)),
      });
    }
  });
});

describe('spans', () => {
  const unit = (day: string, conversations: number): CountedUnit => ({
    unit: day,
    days: [{ day, countedAtMs: 0, counts: { ...none, conversations } }],
  });
  const none = {
    conversations: 0,
    affected: 0,
    stale: 0,
    duplicates: 0,
    missing: 0,
    orphans: 0,
    open: 0,
    settling: 0,
    flags: {} as never,
  };

  it('end before they hold too many conversations, and at a gap of more than two weeks', () => {
    const days = [
      unit('2026-01-01', 40),
      unit('2026-01-05', 40),
      unit('2026-01-06', 40),
      unit('2026-01-21', 1),
      unit('2026-02-04', 1),
    ];
    expect(spansOf(days, { timeZone: 'UTC', sizeMax: 100 })).toEqual([
      ['2026-01-01', '2026-01-05'],
      ['2026-01-06', '2026-01-21', '2026-02-04'],
    ]);
    expect(spansOf([unit('2026-01-01', 1), unit('2026-01-17', 1)], { timeZone: 'UTC', sizeMax: 100 })).toHaveLength(2);
  });
});
