import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { eachFlag } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sharesKeptMost } from '@/lib/detection/shares-model';
import { muteFinding, noteFinding, ownFinding, unmuteFinding } from '@/lib/findings/change-finding';
import { getFinding } from '@/lib/findings/get-finding';
import { ledger, ledgerCsv } from '@/lib/findings/ledger';
import { findingsRevision, listFindings } from '@/lib/findings/list-findings';
import type { FindingsQuery } from '@/lib/findings/model';
import { recordRepair } from '@/lib/findings/record-repair';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { looked, recordLooks } from '@/tests/support/looks';
import { operator } from '@/tests/support/repair';

const hour = 3_600_000;
const at = Date.parse('2026-02-12T00:00:00Z');
const run = '22222222-2222-4222-8222-222222222222';
let nowMs = at;
let ctx: TestContext;
const customers: Customer[] = [];

/**
 * Acme: 8 Feb was wrong since 22:00 and is repaired, 9 Feb fell back, 10 Feb is new with a duplicate. Umbrella: 10 Feb
 * was wrong in January and resolved by itself, and its name is one that a spreadsheet would run.
 */
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => nowMs } });
  for (const [id, displayName] of [
    ['acme', 'Acme'],
    ['umbrella', '=Umbrella'],
  ] as const) {
    const customer = { id, displayName, profiles: ['p1'], timeZone: 'UTC', database: await freshDatabase() };
    await addCustomer(ctx, customer, operator);
    customers.push(customer);
  }
  const [acme] = customers as [Customer];
  const january = at - 30 * 24 * hour;
  await recordLooks(ctx, 'umbrella', [looked('2026-01-10', january, 2)]);
  await recordLooks(ctx, 'umbrella', [looked('2026-01-10', january + hour, 0)]);
  await recordLooks(
    ctx,
    'acme',
    [looked('2026-02-08', at, 5), looked('2026-02-09', at, 9)],
    new Map([['2026-02-08', at - 2 * hour]]),
  );
  await ctx.db.transaction((tx) =>
    recordRepair(tx, {
      runId: run,
      customerId: 'acme',
      scope: scopeOf(acme, '2026-02-08', '2026-02-10'),
      verified: true,
      atMs: at + hour,
    }),
  );
  const duplicate = { flags: { ...eachFlag(() => 0), duplicate: 3 } };
  await recordLooks(ctx, 'acme', [
    looked('2026-02-08', at + 2 * hour, 0),
    looked('2026-02-09', at + 2 * hour, 4),
    looked('2026-02-10', at + 2 * hour, 3, duplicate),
  ]);
  nowMs = at + 3 * hour;
});
afterAll(() => ctx.close());

const listed = async (query: FindingsQuery = {}) =>
  (await listFindings(ctx, query)).rows.map((row) => `${row.customerId} ${row.day} ${row.state}`);
const idOf = async (day: string) => (await listFindings(ctx, { day, state: 'all' })).rows[0]?.id ?? '';

describe('the list of findings', () => {
  it('has those that are wrong, and the number of each state whatever the state', async () => {
    const page = await listFindings(ctx);
    expect(page).toMatchObject({
      total: 2,
      counts: { new: 1, ongoing: 0, 'fallen back': 1, repaired: 1, 'resolved by itself': 1, mutedOpen: 0 },
    });
    expect(page.rows.map((row) => [row.day, row.displayName, row.worstAffected])).toEqual([
      ['2026-02-10', 'Acme', 3],
      ['2026-02-09', 'Acme', 9],
    ]);
  });

  it('is filtered, searched, sorted and cut by the server', async () => {
    expect(await listed({ state: 'repaired' })).toEqual(['acme 2026-02-08 repaired']);
    expect(await listed({ flag: 'duplicate' })).toEqual(['acme 2026-02-10 new']);
    expect(await listed({ state: 'all', flag: 'wrongAgent', customerId: 'umbrella' })).toHaveLength(1);
    expect(await listed({ state: 'all', search: '=umbr' })).toEqual(['umbrella 2026-01-10 resolved by itself']);
    expect(await listed({ search: '%' })).toEqual([]);
    expect(await listed({ sort: 'affected' })).toEqual(['acme 2026-02-09 fallen back', 'acme 2026-02-10 new']);
    expect(await listed({ state: 'all', sort: 'customer', descending: false, offset: 3 })).toHaveLength(1);
    expect((await listed({ state: 'all', sort: 'customer' }))[3]).toContain('umbrella');
    expect(await listed({ state: 'all', sort: 'day', descending: false, rowsMax: 1 })).toEqual([
      'umbrella 2026-01-10 resolved by itself',
    ]);
    await expect(listFindings(ctx, { customerId: '; DROP' })).rejects.toThrow();
  });

  it('says that an open one was seen when its day was found unchanged', async () => {
    const seen = async () => (await listFindings(ctx, { state: 'all' })).rows.map((row) => [row.day, row.lastSeenAtMs]);
    await ctx.db.pool.query("INSERT INTO watched_customers VALUES ('acme', '2026-02-09', '2026-03-01', $1)", [
      new Date(at + 2.5 * hour),
    ]);
    expect(Object.fromEntries(await seen())).toMatchObject({
      '2026-02-10': at + 2.5 * hour,
      '2026-02-09': at + 2.5 * hour,
      '2026-02-08': at,
    });
    const times = (await listFindings(ctx, { state: 'all', sort: 'last seen' })).rows.map((row) => row.lastSeenAtMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    // Looked at before 8 Feb was, and found unchanged after.
    await ctx.db.pool.query("UPDATE findings SET last_seen_at = $1 WHERE day = '2026-02-10'", [new Date(at - hour)]);
    const days = (await listFindings(ctx, { state: 'all', sort: 'last seen', descending: false })).rows;
    expect(days.map((row) => row.day).indexOf('2026-02-08')).toBeLessThan(
      days.findIndex((row) => row.day === '2026-02-10'),
    );
  });

  it('has another revision when findings aged out', async () => {
    const before = await findingsRevision(ctx);
    await ctx.db.pool.query("INSERT INTO retention_rounds VALUES ('findings', now(), 1, 1)");
    expect(await findingsRevision(ctx)).not.toBe(before);
  });
});

it('a finding has what was done, its history, its relooks and when it was looked at', async () => {
  const found = await getFinding(ctx, { findingId: await idOf('2026-02-09') });
  expect(found.events.map((event) => event.kind)).toEqual(['new', 'repaired', 'fallen back']);
  expect(found.events[1]).toMatchObject({ runId: run, atMs: at + hour });
  expect(found.events[2]?.text).toBe(
    '2026-02-09 is wrong again after its repair. 4 of 100 conversations are affected: agent 4.',
  );
  expect(found.history.map((row) => row.affected)).toEqual([4, 9]);
  expect(found.relooks.map((row) => [row.after, row.dueAtMs - at, row.found])).toEqual([
    ['15 minutes', hour + 15 * 60_000, 'wrong'],
    ['1 hour', 2 * hour, 'wrong'],
    ['1 day', 25 * hour, null],
    ['7 days', 169 * hour, null],
  ]);
  expect(found).toMatchObject({ repairedByRun: run, timesFallenBack: 1, lookedAtMs: at + 2.5 * hour });
  await expect(getFinding(ctx, { findingId: run })).rejects.toMatchObject({ code: 'not_found' });
});

it('the ledger has the clocks of a month, by customer, and its CSV runs no formula', async () => {
  const february = await ledger(ctx, { month: '2026-02' });
  const acme = {
    findings: 3,
    days: 3,
    open: 2,
    resolvedByItself: 0,
    timesFallenBack: 1,
    detected: 1,
    detectMedianMs: 2 * hour,
    detectWorstMs: 2 * hour,
    repaired: 2,
    repairMedianMs: hour,
    repairWorstMs: hour,
    agentDaysWrong: 3,
    agentDaysAtLeast: false,
    // 8 Feb from its change until its repair, 9 Feb until its repair and from its fall back, 10 Feb since it was seen.
    wrongMs: (3 + 1 + 1 + 1) * hour,
  };
  expect(february).toEqual({
    month: '2026-02',
    months: ['2026-02', '2026-01'],
    isWhole: true,
    total: acme,
    customers: [{ customerId: 'acme', displayName: 'Acme', ...acme }],
  });
  const january = await ledger(ctx, { month: '2026-01' });
  expect(january.total).toMatchObject({ findings: 1, resolvedByItself: 1, detectMedianMs: null, wrongMs: hour });
  expect(ledgerCsv(january).split('\n')[1]).toBe("2026-01,yes,umbrella,'=Umbrella,1,1,0,1,0,0,,,0,,,1,no,1.00");
  expect(await ledger(ctx, { month: '2025-12' })).toMatchObject({ total: { findings: 0 }, customers: [] });
});

it('the ledger counts the agents of a day once, and says when findings of a month have aged out', async () => {
  const november = Date.parse('2025-11-20T00:00:00Z');
  for (const [hours, stale] of [3, 0, 4, 0].entries())
    await recordLooks(ctx, 'umbrella', [looked('2025-11-10', november + hours * hour, stale)]);
  const twice = { findings: 2, days: 1, agentDaysWrong: 1 };
  expect(await ledger(ctx, { month: '2025-11' })).toMatchObject({ isWhole: true, total: twice, customers: [twice] });
  const keeping = (history: number) => ({
    ...ctx,
    config: { ...ctx.config, retention: { ...ctx.config.retention, history } },
  });
  const isWhole = async (month: string) => (await ledger(keeping(60), { month })).isWhole;
  expect([await isWhole('2025-12'), await isWhole('2026-01')]).toEqual([false, true]);
});

describe('a person', () => {
  const cases = async () =>
    (await ctx.db.pool.query('SELECT case_key FROM notification_cases WHERE resolved_at IS NULL ORDER BY 1')).rows.map(
      (row) => row.case_key,
    );

  it('mutes a finding until a day: nobody hears of it, and no alert counts it', async () => {
    const findingId = await idOf('2026-02-09');
    const reason = 'the customer knows';
    await muteFinding(ctx, { findingId, untilDay: '2026-02-20', reason }, operator);
    expect(await cases()).toEqual(['finding acme 2026-02-10']);
    await recordLooks(ctx, 'acme', [looked('2026-02-09', nowMs, 80)]);
    expect(await cases()).toEqual(['finding acme 2026-02-10']);
    expect(await listed({ muted: 'yes' })).toEqual(['acme 2026-02-09 fallen back']);
    expect(await listed({ muted: 'no' })).toEqual(['acme 2026-02-10 new']);
    expect((await listFindings(ctx)).counts).toMatchObject({ 'fallen back': 1, mutedOpen: 1 });
    const until = { mutedUntilMs: Date.parse('2026-02-20T00:00:00Z'), muteReason: reason, mutedBy: operator.name };
    expect(await getFinding(ctx, { findingId })).toMatchObject(until);
    const [row] = await listAudit(ctx, { action: 'finding.mute' });
    expect(row).toMatchObject({ actor: operator.name, customerId: 'acme', fromDay: '2026-02-09', reason });
    await unmuteFinding(ctx, { findingId, reason }, operator);
    expect(await cases()).toEqual(['finding acme 2026-02-09', 'finding acme 2026-02-10']);
    await expect(unmuteFinding(ctx, { findingId, reason }, operator)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('mutes a day until the mute ends, also when it was clean meanwhile', async () => {
    const day = '2025-11-11';
    const finding = async () => (await listFindings(ctx, { day })).rows[0];
    const before = await cases();
    await recordLooks(ctx, 'umbrella', [looked(day, nowMs, 3)]);
    const first = await finding();
    const reason = 'a known import';
    await muteFinding(ctx, { findingId: first?.id ?? '', untilDay: '2026-02-20', reason }, operator);
    await recordLooks(ctx, 'umbrella', [looked(day, nowMs + 1, 0)]);
    await recordLooks(ctx, 'umbrella', [looked(day, nowMs + 2, 4)]);
    const second = await finding();
    expect(second?.id).not.toBe(first?.id);
    expect(second).toMatchObject({
      state: 'new',
      mutedUntilMs: first && Date.parse('2026-02-20T00:00:00Z'),
      muteReason: reason,
      mutedBy: operator.name,
    });
    expect(await cases()).toEqual(before);
    expect(await getFinding(ctx, { findingId: first?.id ?? '' })).toMatchObject({ mutedUntilMs: null });
    await recordLooks(ctx, 'umbrella', [looked(day, nowMs + 3, 0)]);
  });

  it('cannot mute into the past, for longer than allowed, or what is over', async () => {
    const findingId = await idOf('2026-02-09');
    const mute = (id: string, untilDay: string) =>
      muteFinding(ctx, { findingId: id, untilDay, reason: 'why' }, operator);
    await expect(mute(findingId, '2026-02-12')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(mute(findingId, '2026-06-01')).rejects.toThrow('from 2026-02-13 to 2026-05-15');
    await expect(mute(await idOf('2026-01-10'), '2026-02-20')).rejects.toMatchObject({ code: 'conflict' });
    await expect(mute(run, '2026-02-20')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('owns it and writes a note, which polls hear of', async () => {
    const findingId = await idOf('2026-02-10');
    const before = await findingsRevision(ctx);
    expect(await findingsRevision(ctx)).toBe(before);
    await ownFinding(ctx, { findingId, owner: ' Olga ' }, operator);
    await noteFinding(ctx, { findingId, note: 'late import' }, operator);
    expect(await findingsRevision(ctx)).not.toBe(before);
    expect(await listFindings(ctx, { owner: 'Olga' })).toMatchObject({ total: 1, owners: ['Olga'] });
    expect(await listed({ search: 'LATE imp' })).toEqual(['acme 2026-02-10 new']);
    await ownFinding(ctx, { findingId, owner: '' }, operator);
    const { events, owner } = await getFinding(ctx, { findingId });
    expect(owner).toBeNull();
    expect(events.slice(-3).map((event) => [event.kind, event.actor, event.requestId])).toEqual(
      ['owned', 'noted', 'owned'].map((kind) => [kind, operator.name, operator.requestId]),
    );
  });
});

it('the ledger says that the agents of a day are at least so many where not all of them are kept', async () => {
  const agents = (kept: number, unassigned: 0 | 1) =>
    Array.from({ length: kept + unassigned }, (_, n) => ({
      key: n < kept ? `agent ${n}` : '',
      affected: 1,
      stale: 1,
      duplicates: 0,
    }));
  const month = async (of: string, byAgent: DayResult['byAgent']) => {
    const seenAt = Date.parse(`${of}-20T00:00:00Z`);
    await recordLooks(ctx, 'umbrella', [looked(`${of}-10`, seenAt, byAgent.length, { byAgent })]);
    const made = await ledger(ctx, { month: of });
    return [made.total.agentDaysWrong, made.total.agentDaysAtLeast, ledgerCsv(made).split('\n')[1]?.split(',').at(-2)];
  };
  expect(await month('2025-07', agents(498, 1))).toEqual([498, false, 'no']);
  expect(await month('2025-08', agents(sharesKeptMost - 1, 1))).toEqual([499, true, 'yes']);
  expect(await month('2025-09', agents(sharesKeptMost, 0))).toEqual([500, true, 'yes']);
});
