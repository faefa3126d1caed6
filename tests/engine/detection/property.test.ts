import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { dayStartMs } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import type { LabelKey } from '@/lib/embedded/demo/sql/tables';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { countsByDay, judge, type Row } from './oracle';
import { countedDays, emptyTables, mergeAll, writeRows } from './tables';

const zones = [
  { timeZone: 'UTC', day: '2026-04-24' },
  { timeZone: 'Africa/Cairo', day: '2026-04-24' },
  { timeZone: 'America/New_York', day: '2026-03-08' },
  { timeZone: 'Australia/Lord_Howe', day: '2026-04-05' },
  { timeZone: 'Asia/Kolkata', day: '2026-03-31' },
];
const asOfMs = Date.UTC(2026, 5, 1);
const marginMs = 7_200_000;
const keys: Record<LabelKey, (row: Row) => string> = {
  'end hour and agent': (row) =>
    JSON.stringify([Math.floor(row.endMs / 3_600_000), row.agent ?? '', row.customer, row.profile]),
  'start time': (row) => JSON.stringify([row.startMs, row.customer, row.profile]),
  'conversation only': (row) => JSON.stringify([row.customer, row.profile]),
};

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

/** Offsets from the start of the odd day: its edges, the edges of UTC's days, and the hour that changes. */
const offsets = fc.oneof(
  fc.constantFrom(
    -86_400_000,
    -3_600_000,
    -1,
    0,
    1,
    3_599_999,
    3_600_000,
    7_200_000,
    82_800_000,
    86_399_999,
    86_400_000,
  ),
  fc.integer({ min: -100_000_000, max: 150_000_000 }),
);

const history = fc.record({
  zone: fc.constantFrom(...zones),
  starts: fc.array(offsets, { minLength: 30, maxLength: 30 }),
  parts: fc.array(
    fc.record({
      label: fc.boolean(),
      id: fc.nat(29),
      profile: fc.constantFrom('p1', 'p1', 'p1', 'p2'),
      foreign: fc.nat(11).map((roll) => roll === 0),
      agent: fc.constantFrom(null, '', 'ann', 'bob'),
      useCase: fc.constantFrom('u', 'v', 'ann'),
      elsewhere: fc.oneof(fc.constant(null), fc.constant(null), offsets),
      lengthMs: fc.constantFrom(0, 60_000, 60_000, 3_600_000),
      open: fc.nat(5).map((roll) => roll === 0),
      settling: fc.nat(12).map((roll) => roll === 0),
    }),
    { maxLength: 120, size: 'max' },
  ),
  chunkRows: fc.integer({ min: 1, max: 60 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/**
 * A conversation's truth starts once, whatever its versions; a label may start anywhere. Versions are often equal, but
 * never of two profiles.
 */
function sidesOf({ zone, starts, parts }: History): { truth: Row[]; labels: Row[] } {
  const at = dayStartMs(zone.day, zone.timeZone);
  const rows = parts.map((part, index) => {
    const own = starts[part.id] ?? 0;
    const startMs = at + (part.label ? (part.elsewhere ?? own) : own);
    const row: Row = {
      id: `conversation-${part.id}`,
      customer: part.foreign && part.label ? 'somebody-else' : 'acme',
      profile: part.profile,
      agent: part.label ? (part.agent ?? '') : part.agent,
      useCase: part.useCase,
      startMs,
      endMs: part.open ? 0 : startMs + part.lengthMs,
      versionMs:
        (part.settling ? asOfMs - 1_000 : at + 200_000_000) + (index % 3) * 2 + (part.profile === 'p2' ? 1 : 0),
    };
    return { label: part.label, row };
  });
  return {
    truth: rows.filter(({ label }) => !label).map(({ row }) => row),
    labels: rows.filter(({ label }) => label).map(({ row }) => row),
  };
}

describe.each(Object.keys(keys) as LabelKey[])('with the label key "%s"', (labelKey) => {
  let database: string;
  beforeAll(async () => {
    database = await freshDatabase({ labelKey });
  });

  it('every day agrees with the definitions, whatever the history and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (made) => {
        const { truth, labels } = sidesOf(made);
        await emptyTables(ctx.admin, database);
        for (const [side, rows] of [
          ['truth', truth],
          ['labels', labels],
        ] as const) {
          await writeRows(ctx.admin, database, side, rows.slice(0, rows.length / 2));
          await writeRows(ctx.admin, database, side, rows.slice(rows.length / 2));
        }
        const { timeZone } = made.zone;
        const customer: Customer = { id: 'acme', displayName: 'Acme', profiles: ['p1', 'p2'], database, timeZone };
        const scope = scopeOf(customer, '2026-03-01', '2026-05-01');
        const expected = countsByDay(
          [
            ...judge({ truth, labels, customer: 'acme', timeZone, asOfMs, marginMs, keyOf: keys[labelKey] }).values(),
          ].flat(),
        );
        for (const merged of [false, true]) {
          if (merged) await mergeAll(ctx.admin, database);
          const chunkRows = merged ? 1_000_000 : made.chunkRows;
          const { days } = await classifyScope(ctx, scope, { chunkRows, asOfMs, safetyMarginMs: marginMs });
          expect(countedDays(days)).toEqual(expected);
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 240_000);
});
