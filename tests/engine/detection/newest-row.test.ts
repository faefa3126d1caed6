import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countActiveDays } from '@/lib/active-days/count-active-days';
import { repairIdentifiers } from '@/lib/backfill/plan/checks/input';
import { selectEndRange, selectOpenLabels } from '@/lib/backfill/plan/sql/tables';
import { selectTruthHashes } from '@/lib/backfill/plan/sql/truth';
import { selectOwnDuplicates } from '@/lib/backfill/repair/sql/verify';
import { addCustomer } from '@/lib/customers/add-customer';
import { checkCustomer } from '@/lib/customers/check-customer';
import { type Customer, type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { wrongRowsByUnit } from '@/lib/label-store/wrong-rows';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import { judge, type Row } from './oracle';
import { mergeAll, nullableTables } from './tables';

const day = '2026-02-10';
const at = (time: string) => Date.parse(`${day}T${time}Z`);
const asOfMs = Date.UTC(2026, 5, 1);

/** A version as it is written: every column may be NULL, an end may be any. Versions are whole seconds. */
type Version = {
  agent: string | null;
  useCase: string | null;
  channel: string | null;
  end: string | null;
  version: number;
};
type Case = { truth: Version[]; labels: Version[] };

const right: Version = { agent: 'ann', useCase: 'sales', channel: 'chat', end: `${day} 10:30:00`, version: 1 };
const other: Version = { agent: 'bob', useCase: 'care', channel: 'mail', end: `${day} 12:30:00`, version: 1 };

const cases = new Map<string, Case>();
for (const column of ['agent', 'useCase', 'channel', 'end'] as const)
  for (const side of ['truth', 'labels'] as const) {
    const empty = { ...right, [column]: null };
    const places: [string, Version[]][] = [
      ['only', [empty]],
      ['newer', [right, { ...empty, version: 2 }]],
      ['older', [empty, { ...right, version: 2 }]],
      ['same version, last', [right, empty]],
      ['same version, first', [empty, right]],
    ];
    for (const [place, versions] of places)
      cases.set(`${column} NULL in ${side}, ${place}`, { truth: [right], labels: [right], [side]: versions });
  }
for (const end of [
  '1970-01-01 00:00:00',
  '1900-01-01 00:00:00',
  '2299-12-31 23:59:59',
  '2106-02-07 06:28:15',
  `${day} 09:00:00`,
  '2030-01-01 00:00:00',
]) {
  cases.set(`truth ends ${end}`, { truth: [{ ...right, end }], labels: [right] });
  cases.set(`label ends ${end}`, { truth: [right], labels: [{ ...right, end }] });
  cases.set(`both end ${end}`, { truth: [{ ...right, end }], labels: [{ ...right, end }] });
}
for (const side of ['truth', 'labels'] as const) {
  cases.set(`equal versions in ${side}, right last`, { truth: [right], labels: [right], [side]: [other, right] });
  cases.set(`equal versions in ${side}, right first`, { truth: [right], labels: [right], [side]: [right, other] });
}

const closedMs = (end: string | null) => {
  const ms = end === null ? 0 : Date.parse(`${end.replace(' ', 'T')}Z`);
  return ms >= Date.UTC(1971, 0, 1) && ms < Date.UTC(2100, 0, 1) ? ms : 0;
};
const rowOf = (id: string, customer: string, row: Version): Row => ({
  id,
  customer,
  profile: 'p1',
  agent: row.agent ?? '',
  useCase: row.useCase ?? '',
  startMs: at('10:00:00'),
  endMs: closedMs(row.end),
  versionMs: at('11:00:00') + row.version * 1_000,
});
/** The last of the highest version. */
const newestOf = (rows: Version[]): Version => rows.reduce((best, row) => (row.version >= best.version ? row : best));
/** As the label key has it: the hour of the stored end, and NULL is none of the agents. */
const labelKeyOf = ({ agent, end }: Version) => JSON.stringify([agent, end?.slice(0, 13) ?? null]);
const newestLabels = (rows: Version[]) =>
  [...new Set(rows.map(labelKeyOf))].map((key) => newestOf(rows.filter((row) => labelKeyOf(row) === key)));

let ctx: TestContext;
let customer: Customer;
let scope: Scope;
let tables: CustomerTables;

beforeAll(async () => {
  ctx = await testContext();
  const database = await nullableTables(ctx.admin);
  customer = {
    id: freshName('acme').replaceAll('_', '-'),
    displayName: 'Acme',
    profiles: ['p1'],
    database,
    timeZone: 'UTC',
  };
  await addCustomer(ctx, customer, operator);
  scope = scopeOf(customer, day, '2026-02-11');
  tables = await readTables(ctx, customer);
  await write();
});
afterAll(() => ctx.close());

/** The first rows of every case in one part, the second ones in the next; and rows that nobody could place. */
async function write(): Promise<void> {
  for (const [table, side] of [
    ['conversation', 'truth'],
    ['conversation_with_labels', 'labels'],
  ] as const) {
    await ctx.admin.client.command({ query: `SYSTEM STOP MERGES ${customer.database}.${table}` });
    for (const place of [0, 1])
      await ctx.admin.client.insert({
        table: `${customer.database}.${table}`,
        format: 'JSONEachRow',
        clickhouse_settings: { optimize_on_insert: 0 },
        values: [...cases].flatMap(([id, each]) => each[side].slice(place, place + 1).map((row) => written(id, row))),
      });
    await ctx.admin.client.insert({
      table: `${customer.database}.${table}`,
      format: 'JSONEachRow',
      values: [
        { ...written('without a start', right), conversation_start_time: null },
        { ...written('without a customer', right), customer_id: null },
      ],
    });
  }
}

const written = (id: string, row: Version) => ({
  customer_id: customer.id,
  profile_id: 'p1',
  conversation_id: id,
  agent_user_id: row.agent,
  usecase_id: row.useCase,
  channel: row.channel,
  conversation_start_time: `${day} 10:00:00`,
  conversation_end_time: row.end,
  update_time: new Date(at('11:00:00') + row.version * 1_000).toISOString().slice(0, 19).replace('T', ' '),
});

const truthOf = (each: Case) => rowOf('', '', newestOf(each.truth));
const names = [...cases.keys()].sort();
const closed = [...cases].filter(([, each]) => truthOf(each).endMs !== 0);

function expectedFlags(): Record<string, number> {
  return Object.fromEntries(
    [...cases].map(([id, each]) => {
      const all = (rows: Version[]) => rows.map((row) => rowOf(id, customer.id, row));
      const keys = new Map(
        each.labels.map((label) => [JSON.stringify(rowOf(id, customer.id, label)), labelKeyOf(label)]),
      );
      const [judged] = judge({
        truth: all([newestOf(each.truth)]),
        labels: all(newestLabels(each.labels)),
        customer: customer.id,
        timeZone: 'UTC',
        asOfMs,
        marginMs: 0,
        keyOf: (label) => keys.get(JSON.stringify(label)) ?? '',
      }).get(id) ?? [undefined];
      return [id, judged?.class === 'open' ? -1 : (judged?.flags ?? 0)];
    }),
  );
}

describe.each(['before a merge', 'after it'])('%s', (when) => {
  beforeAll(async () => {
    if (when === 'before a merge') return;
    for (const table of ['conversation', 'conversation_with_labels'])
      await ctx.admin.client.command({ query: `SYSTEM START MERGES ${customer.database}.${table}` });
    await mergeAll(ctx.admin, customer.database);
  });

  it('detection and evidence take the newest row, NULL for open or unassigned, and a sentinel for open', async () => {
    const { days } = await classifyScope(ctx, scope, { tables, asOfMs, safetyMarginMs: 0 });
    const expected = expectedFlags();
    const open = Object.values(expected).filter((flags) => flags === -1).length;
    expect(days[0]).toMatchObject({ conversations: cases.size, open, settling: 0, orphans: 0, missing: 0 });
    const page = await listConversations(ctx, { customerId: customer.id, day, flags: null, rowsMax: 500 });
    expect(page.rows.map((row) => row.conversationId).sort()).toEqual(names);
    for (const row of page.rows) {
      const each = cases.get(row.conversationId) as Case;
      const truth = truthOf(each);
      expect({ id: row.conversationId, flags: row.class === 'open' ? -1 : row.flags }).toEqual({
        id: row.conversationId,
        flags: expected[row.conversationId],
      });
      expect(row.truth).toMatchObject({ agent: truth.agent, useCase: truth.useCase, endAtMs: truth.endMs });
      expect(row.labels).toHaveLength(newestLabels(each.labels).length);
    }
  });

  it('Active Days, the plan, the chats check, verification and the list of wrong rows agree', async () => {
    const args = { params: scopeParams(scope), identifiers: repairIdentifiers(tables) };
    const agents = (rows: Version[]) => new Set(rows.map((row) => row.agent ?? '').filter((agent) => agent !== ''));
    const days = await Promise.all(
      (['truth', 'labels'] as const).map((source) => countActiveDays(ctx, { scope, source })),
    );
    const labels = [...cases.values()].flatMap((each) => newestLabels(each.labels));
    expect(days[0]).toEqual(
      new Map([...agents([...cases.values()].map((each) => newestOf(each.truth)))].map((agent) => [agent, 1])),
    );
    expect(days[1]).toEqual(new Map([...agents(labels)].map((agent) => [agent, 1])));

    const ofUnit = { ...args, params: { ...args.params, ...rangesParams([scope]) } };
    const { rows: open } = await ctx.clickhouse.read(selectOpenLabels, ofUnit);
    expect(open).toEqual([{ at: scope.fromMs, conversations: cases.size - closed.length }]);
    const range = await ctx.clickhouse.readOne(selectEndRange, args);
    const ends = closed.map(([, each]) => truthOf(each).endMs);
    expect(range).toEqual({ closed: closed.length, firstMs: Math.min(...ends), lastMs: Math.max(...ends), others: 0 });

    const hash = (parts: unknown[]) => createHash('md5').update(parts.join('\n')).digest().readBigInt64BE(0).toString();
    const everyHash = { ...ofUnit, params: { ...ofUnit.params, mask: 0, part: 0 } };
    const { rows: hashes } = await ctx.clickhouse.read(selectTruthHashes, everyHash);
    const who = (id: string) => [customer.id, 'p1', id];
    const expected = closed.map(([id, each]) => {
      const truth = truthOf(each);
      return {
        at: scope.fromMs,
        idHash: hash(who(id)),
        rowHash: hash([...who(id), truth.agent, truth.useCase, truth.endMs]),
      };
    });
    const sorted = (rows: { idHash: string }[]) => [...rows].sort((a, b) => a.idHash.localeCompare(b.idHash));
    expect(sorted(hashes)).toEqual(sorted(expected));

    const several = [...cases].filter(([, each]) => newestLabels(each.labels).length > 1).map(([id]) => id);
    const { rows: duplicates } = await ctx.clickhouse.read(selectOwnDuplicates, args);
    expect(duplicates.sort()).toEqual(several.sort());
    const wrong = closed.flatMap(([, each]) => {
      const truth = truthOf(each);
      const rows = newestLabels(each.labels).map((row) => rowOf('', '', row));
      const isRight = (row: Row) =>
        row.agent === truth.agent &&
        row.useCase === truth.useCase &&
        Math.floor(row.endMs / 3_600_000) === Math.floor(truth.endMs / 3_600_000);
      return rows.slice(rows.some(isRight) ? 1 : 0);
    });
    expect(await wrongRowsByUnit(ctx, { scope, tables, units: [day] })).toEqual(new Map([[day, wrong.length]]));
  });
});

it('the check of a customer names ends that stand for something else', async () => {
  const ends = (await checkCustomer(ctx, customer.id)).find((check) => check.id === 'ends');
  expect(ends?.verdict).toBe('unknown');
  expect(ends?.sentence).toContain('2 conversations end at 2299-12-31, which is not a real end: they count as open.');
  expect(ends?.sentence).toContain('2 conversations end before the start; they count as closed.');
  expect(ends?.sentence).toContain('2 conversations end in the future; they count as closed.');
});
