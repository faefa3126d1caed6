import { describe, expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { daysBetween } from '@/lib/days';
import { auditSentence, lastAudits } from '@/lib/detection/changes/last-audits';
import { lookForChanges } from '@/lib/detection/changes/look-for-changes';
import type { LookOutcome } from '@/lib/detection/changes/model';
import { selectScanLook } from '@/lib/detection/changes/sql/looks';
import type { Scan } from '@/lib/detection/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan, requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { listDays } from '@/lib/detection/view/list-days';
import { AppError } from '@/lib/errors';
import type { TestContext } from '@/tests/support/context';
import type { Row } from '../oracle';
import { writeRows } from '../tables';
import {
  actor,
  clock,
  ctx,
  customer,
  never,
  range,
  rowOf as rowOn,
  scan as scanWith,
  watchOneCustomer,
  write,
} from './watched';

watchOneCustomer();

const rowOf = (day: string, id: string, more: Partial<Row> = {}) => rowOn(day, `${id} of ${day}`, more);
const moved = { ...rowOf('2026-02-04', 'first'), startMs: Date.parse('2026-02-08T10:00:00Z'), agent: 'bob' };
const scan = (cause: Exclude<Scan['cause'], 'person'> = 'schedule', instead: Partial<TestContext> = {}) =>
  scanWith(instead, { cause });

const look = async (): Promise<LookOutcome | undefined> => (await lookForChanges(ctx, [customer])).get('acme');
const day = async (wanted: string) =>
  (await listDays(ctx, { customerId: 'acme', ...range })).find((one) => one.day === wanted);
const alter = (statement: string) =>
  ctx.admin.client.command({ query: `ALTER TABLE ${customer.database}.${statement} SETTINGS mutations_sync = 2` });

/** The reader, on which statements of a name fail as on a host that does not answer. */
function without(name: string, before: () => void = () => undefined): ClickHouse {
  const read: ClickHouse['read'] = async (statement, args) => {
    if (statement.name === name) before();
    if (statement.name === name) throw new AppError('unavailable', 'A host does not answer.');
    return ctx.clickhouse.read(statement, args);
  };
  return Object.create(ctx.clickhouse, { read: { value: read } });
}

describe('a scan of changes', () => {
  it('is no scan where nothing changed: two statements on lists of tables and parts, and the days are looked at', async () => {
    expect(await look()).toEqual({ outcome: 'changed', reason: 'its days were not counted before' });
    expect(await scan('first start')).toMatchObject({ kind: 'full', reason: 'its days were not counted before' });
    clock.nowMs += 60_000;
    const names: string[] = [];
    const read: ClickHouse['read'] = async (statement, args) => {
      names.push(statement.name);
      return ctx.clickhouse.read(statement, args);
    };
    const counted = { ...ctx, clickhouse: Object.create(ctx.clickhouse, { read: { value: read } }) };
    const found = await lookForChanges(counted, [customer]);
    expect([...found.values()]).toEqual([{ outcome: 'unchanged', atMs: clock.nowMs }]);
    expect(names.sort()).toEqual(['changes.part_digests', 'changes.table_marks']);
    expect((await day('2026-02-03'))?.asOfMs).toBe(clock.nowMs);
  });

  it('after a merge is none either', async () => {
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-03', 'first')]);
    expect(await look()).toEqual({ outcome: 'changed', reason: 'rows were added' });
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-03'] });
    await ctx.admin.client.command({ query: `OPTIMIZE TABLE ${customer.database}.conversation_with_labels FINAL` });
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('reads the days of new rows, and those on which their conversations have others', async () => {
    await writeRows(ctx.admin, customer.database, 'labels', [moved]);
    const ended = await scan();
    expect(ended).toMatchObject({ kind: 'changes', days: ['2026-02-04', '2026-02-08'], status: 'succeeded' });
    expect(ended.reason).toBe('rows were added on 1 day; conversations of these also have rows on 1 other day');
    expect(await day('2026-02-04')).toMatchObject({ duplicates: 1, affected: 1 });
    expect(await day('2026-02-08')).toMatchObject({ conversations: 1, affected: 0 });
  });

  it('reads the day of a row that another of its key replaced from another day, before that was seen', async () => {
    const merge = { query: `OPTIMIZE TABLE ${customer.database}.conversation_with_labels FINAL` };
    await ctx.admin.client.command({ query: `TRUNCATE TABLE ${customer.database}.conversation_with_labels` });
    const moving = rowOf('2026-02-09', 'moving');
    await write('labels', moving);
    await scan();
    expect(await day('2026-02-09')).toMatchObject({ orphans: 1 });
    const startMs = Date.parse('2026-02-20T10:00:00Z');
    await write('labels', { ...moving, startMs, versionMs: moving.versionMs + 1 });
    await ctx.admin.client.command(merge);
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-09'] });
    expect(await day('2026-02-09')).toMatchObject({ orphans: 0 });
    await write('labels', ...daysBetween(range.fromDay, range.toDay).map((one) => rowOf(one, 'first')), moved);
    await scan();
  });

  it('goes on as what it was planned as after the database was away', async () => {
    await scan();
    const days = ['2026-02-02', '2026-02-06'];
    const before = await listDays(ctx, { customerId: 'acme', ...range });
    for (const side of ['truth', 'labels'] as const)
      await writeRows(
        ctx.admin,
        customer.database,
        side,
        days.map((one) => rowOf(one, 'away')),
      );
    const { scanId } = await requestScanFor(ctx, {
      customerId: 'acme',
      ...range,
      cause: 'schedule',
      requestedBy: 'tests',
    });
    let away = 0;
    const query: typeof ctx.db.query = async (asked, ...params) => {
      if (asked.name === selectScanLook.name && away++ === 0) throw new AppError('unavailable', 'It is away.');
      return ctx.db.query(asked, ...params);
    };
    await runScan({ ...ctx, db: { ...ctx.db, query } }, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ status: 'succeeded', kind: 'changes', days });
    expect(away).toBeGreaterThan(1);
    const counts = (of: typeof before) => of.map(({ day, conversations }) => [day, conversations]);
    expect(counts(await listDays(ctx, { customerId: 'acme', ...range }))).toEqual(
      counts(before).map(([at, n]) => [at, days.includes(String(at)) ? Number(n) + 1 : n]),
    );
  });

  it('looks again at a day when time changes its answer', async () => {
    const nowMs = clock.nowMs;
    await writeRows(ctx.admin, customer.database, 'truth', [rowOf('2026-02-05', 'late', { versionMs: nowMs })]);
    await scan();
    expect(await day('2026-02-05')).toMatchObject({ conversations: 2, settling: 1, missing: 0 });
    clock.nowMs = nowMs + ctx.config.detection.safetyMarginMs;
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    clock.nowMs += 1;
    expect(await look()).toEqual({ outcome: 'changed', reason: 'time changes the answer of a day' });
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-05'] });
    expect(await day('2026-02-05')).toMatchObject({ settling: 0, missing: 1 });
  });

  it('reads the days that a scan after a repair counted once more, with what belongs to them', async () => {
    const { scanId } = await requestScanFor(ctx, {
      customerId: 'acme',
      fromDay: '2026-02-04',
      toDay: '2026-02-05',
      cause: 'after repair',
      requestedBy: 'tests',
    });
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ kind: 'full', reason: 'a repair asked for these days' });
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-04', '2026-02-08'] });
    expect(await day('2026-02-04')).toMatchObject({ duplicates: 1 });
  });

  it('that a person asks for reads no day twice, and all of its days when asked to', async () => {
    const asked = async (full: boolean) => {
      const days = { customerId: 'acme', fromDay: '2026-02-02', toDay: '2026-02-04', full };
      const { scanId } = await requestScan(ctx, days, actor);
      await runScan(ctx, scanId, never);
      return getScan(ctx, scanId);
    };
    expect(await asked(false)).toMatchObject({ kind: 'changes', days: [], rowsRead: 0, reason: 'nothing changed' });
    expect(await asked(true)).toMatchObject({ kind: 'full', days: null, reason: 'a full scan was asked for' });
  });

  it('looks again at a day when a row of its conversation outside of the range begins to settle, and settles', async () => {
    const outside = { startMs: Date.parse('2026-01-05T10:00:00Z'), endMs: clock.nowMs + 30 * 86_400_000 };
    await writeRows(ctx.admin, customer.database, 'truth', [rowOf('2026-02-10', 'outside', outside)]);
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-10', 'outside')]);
    await scan();
    const { rows } = await ctx.db.pool.query("SELECT (turns->>'2026-02-10')::float8 AS at FROM part_looks");
    const beginsMs = outside.endMs - ctx.config.detection.safetyMarginMs;
    expect(rows[0].at).toBe(Math.floor(outside.endMs / 3_600_000) * 3_600_000 - ctx.config.detection.safetyMarginMs);
    expect(beginsMs - rows[0].at).toBeLessThan(3_600_000);
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('that ends after one with a newer look has its days read again', async () => {
    await scan();
    const older = await requestScanFor(ctx, { customerId: 'acme', ...range, cause: 'schedule', requestedBy: 'tests' });
    await writeRows(ctx.admin, customer.database, 'truth', [rowOf('2026-02-07', 'older')]);
    const stopped = new AbortController();
    const { scanId } = older;
    const planned = { ...ctx, clickhouse: without('detection.explain_few', () => stopped.abort(new Error('stopped'))) };
    await expect(runScan(planned, scanId, stopped.signal)).rejects.toThrow('stopped');
    expect(await getScan(ctx, scanId)).toMatchObject({ status: 'running', days: ['2026-02-07'] });
    clock.nowMs += 1;
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-07'] });
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ status: 'succeeded' });
    const reason = 'another scan counted a day without what belongs to it';
    expect(await look()).toEqual({ outcome: 'changed', reason });
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-07'] });
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it.each([
    [
      'rows were dropped',
      "conversation_with_labels DROP PART '%'",
      /^rows of the partition 202602 of the labels were dropped/,
    ],
    [
      'a mutation',
      "conversation UPDATE usecase_id = 'w' WHERE 1",
      /^a mutation changed the partition 20260[12] of the conv/,
    ],
    ['a changed table', 'conversation ADD COLUMN more String', /^its tables were changed$/],
  ])('is a full one after %s', async (_, statement, reason) => {
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-02', 'another')]);
    await scan();
    const [part] = await partsOf();
    await alter(statement.replace('%', part ?? ''));
    expect(await look()).toMatchObject({ outcome: 'changed', reason: expect.stringMatching(reason) });
    expect(await scan()).toMatchObject({ kind: 'full', reason: expect.stringMatching(reason) });
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('of some days for a person is no ground for the others, where it had to read all of its own', async () => {
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-09', 'person')]);
    await scan();
    await alter(`conversation_with_labels DELETE WHERE conversation_id = 'person of 2026-02-09'`);
    const days = { customerId: 'acme', fromDay: '2026-02-02', toDay: '2026-02-03' };
    const { scanId } = await requestScan(ctx, days, actor);
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ kind: 'full' });
    expect(await look()).toMatchObject({ outcome: 'changed' });
    await scan();
    expect(await day('2026-02-09')).toMatchObject({ orphans: 0 });
  });

  it('is a full one that says so where the parts cannot be seen', async () => {
    const ended = await scan('schedule', { clickhouse: without('changes.parts') });
    expect(ended).toMatchObject({ kind: 'full', status: 'succeeded' });
    expect(ended.reason).toBe('the parts of its tables cannot be seen: A host does not answer.');
    const found = await lookForChanges({ ...ctx, clickhouse: without('changes.part_digests') }, [customer]);
    expect(found.get('acme')).toMatchObject({ outcome: 'changed' });
    await scan();
    const unseen = await lookForChanges({ ...ctx, clickhouse: without('changes.part_digests') }, [customer]);
    const reason = 'the parts of its tables cannot be seen: A host does not answer.';
    expect(unseen.get('acme')).toEqual({ outcome: 'changed', reason });
    const unread = await lookForChanges({ ...ctx, clickhouse: without('changes.table_marks') }, [customer]);
    expect(unread.get('acme')).toMatchObject({ outcome: 'unreadable' });
    expect(await scan('schedule', { clickhouse: without('changes.table_marks') })).toMatchObject({
      kind: 'full',
      status: 'succeeded',
    });
    await scan();
  });

  it('is a full one where a balancer leads the look to another server, and again on the way back', async () => {
    const host = 'other:9000';
    const read: ClickHouse['read'] = async (statement, args) => {
      const ran = await ctx.clickhouse.read(statement, args);
      const rows = ran.rows.map((row: unknown) =>
        typeof row !== 'object' || row === null
          ? row
          : {
              ...row,
              ...('host' in row && { host }),
              ...('part' in row && { part: Object.assign({}, row.part, { host }) }),
            },
      );
      return Object.assign(ran, /^changes[.]part(s|_digests)$/.test(statement.name) && { rows });
    };
    const elsewhere = { ...ctx, clickhouse: Object.create(ctx.clickhouse, { read: { value: read } }) };
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    const reason = expect.stringMatching(/^rows of the partition 2026\d\d of the \w+ were dropped or detached$/);
    expect((await lookForChanges(elsewhere, [customer])).get('acme')).toEqual({ outcome: 'changed', reason });
    expect(await scan('schedule', elsewhere)).toMatchObject({ kind: 'full', reason });
    expect(await look()).toEqual({ outcome: 'changed', reason });
    await scan();
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('is a full one where rows that came while the last one read are gone again', async () => {
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-05', 'before')]);
    const known = new Set(await partsOf());
    let came = false;
    const read: ClickHouse['read'] = async (statement, args) => {
      if (statement.name === 'changes.turns' && !came) {
        came = true;
        await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-05', 'while it read')]);
      }
      return ctx.clickhouse.read(statement, args);
    };
    await scan('schedule', { clickhouse: Object.create(ctx.clickhouse, { read: { value: read } }) });
    const [name] = (await partsOf()).filter((one) => !known.has(one));
    await alter(`conversation_with_labels DROP PART '${name}'`);
    const reason = 'rows of the partition 202602 of the labels that came while a scan read were changed or dropped';
    expect(await look()).toEqual({ outcome: 'changed', reason });
    expect(await scan()).toMatchObject({ kind: 'full', reason });
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('is a full one that says so where the days of new parts cannot be read', async () => {
    await writeRows(ctx.admin, customer.database, 'labels', [rowOf('2026-02-06', 'unread')]);
    const ended = await scan('schedule', { clickhouse: without('changes.part_days') });
    expect(ended).toMatchObject({ kind: 'full', status: 'succeeded' });
    expect(ended.reason).toBe('the days of new parts cannot be read: A host does not answer.');
    await scan();
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
  });

  it('reads a day again that another scan looked at later, while the first of all scans was reading', async () => {
    await ctx.db.pool.query('DELETE FROM part_looks');
    const first = await requestScanFor(ctx, { customerId: 'acme', ...range, cause: 'schedule', requestedBy: 'tests' });
    const stopped = new AbortController();
    const read = { ...ctx, clickhouse: without('changes.turns', () => stopped.abort(new Error('stopped'))) };
    await expect(runScan(read, first.scanId, stopped.signal)).rejects.toThrow('stopped');
    clock.nowMs += 1;
    const days = { customerId: 'acme', fromDay: '2026-02-04', toDay: '2026-02-05' };
    const { scanId } = await requestScanFor(ctx, { ...days, cause: 'after repair', requestedBy: 'tests' });
    await runScan(ctx, scanId, never);
    await runScan(ctx, first.scanId, never);
    const reason = 'another scan counted a day without what belongs to it';
    expect(await look()).toEqual({ outcome: 'changed', reason });
    expect(await scan()).toMatchObject({ kind: 'changes', days: expect.arrayContaining(['2026-02-04']) });
  });
});

describe('the audit of the night', () => {
  it('compares a full scan with what is recorded, publishes the difference, and tells of a miss', async () => {
    clock.nowMs = Date.UTC(2026, 1, 21, 1, 59);
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    clock.nowMs = Date.UTC(2026, 1, 21, 2);
    expect(await look()).toEqual({ outcome: 'changed', reason: 'the audit of the night is due' });
    expect(await scan()).toMatchObject({ kind: 'full', reason: 'the audit of the night is due' });
    const [clean] = await lastAudits(ctx);
    expect(clean).toMatchObject({ days: 10, missed: 0, daysMissed: [] });
    expect(clean && auditSentence(clean)).toMatch(/^looked again at \d+ conversations, missed 0$/);
    expect(await look()).toMatchObject({ outcome: 'unchanged' });

    clock.nowMs += 86_400_000;
    let looks = 0;
    const read: ClickHouse['read'] = async (statement, args) => {
      const isLater = statement.name === 'changes.parts' && ++looks > 1;
      if (isLater || statement.name === 'changes.part_digests')
        throw new AppError('unavailable', 'A host does not answer.');
      return ctx.clickhouse.read(statement, args);
    };
    const went = Object.create(ctx.clickhouse, { read: { value: read } });
    expect(await scan('schedule', { clickhouse: went })).toMatchObject({ kind: 'full', status: 'succeeded' });
    const [unseen] = await lastAudits(ctx);
    expect(unseen).toMatchObject({
      days: 0,
      daysLeft: 10,
      sentence:
        '10 days could not be compared because what changed while the scan read cannot be seen: A host does not answer.',
    });
    expect(await scan()).toMatchObject({ kind: 'full', status: 'succeeded' });

    const before = await day('2026-02-06');
    await ctx.db.pool.query("UPDATE day_looks SET affected = affected + 3 WHERE day = '2026-02-06'");
    clock.nowMs += 86_400_000;
    await scan();
    expect((await lastAudits(ctx, 'acme'))[0]).toMatchObject({ missed: 3, daysMissed: ['2026-02-06'] });
    expect((await day('2026-02-06'))?.affected).toBe(before?.affected);
    const { rows } = await ctx.db.pool.query("SELECT title FROM notification_cases WHERE event = 'increment missed'");
    expect(rows).toEqual([{ title: 'A full scan of acme found what its increments had missed.' }]);
  });
});

async function partsOf(): Promise<string[]> {
  const answer = await ctx.admin.client.query({
    query: `SELECT name FROM system.parts WHERE database = '${customer.database}' AND table = 'conversation_with_labels' AND active ORDER BY rows`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ name: string }>()).map(({ name }) => name);
}
