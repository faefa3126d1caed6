import { beforeEach, describe, expect, it } from 'vitest';
import { daysBetween } from '@/lib/days';
import { auditSentence, lastAudits } from '@/lib/detection/changes/last-audits';
import { runScan } from '@/lib/detection/scan/run-scan';
import type { TestContext } from '@/tests/support/context';
import type { Row } from '../oracle';
import { emptyTables } from '../tables';
import { clock, ctx, customer, rowOf, scan, watchOneCustomer, write, writeFirstRows } from './watched';

const [_minute, night] = [60_000, 86_400_000];

watchOneCustomer();
beforeEach(async () => {
  clock.nowMs = Date.UTC(2026, 1, 20, 12);
  await emptyTables(ctx.admin, customer.database);
  await ctx.db.pool.query('DELETE FROM part_looks; DELETE FROM day_looks; DELETE FROM scan_audits; DELETE FROM misses');
  await writeFirstRows();
});

/** A database in front of whose statement something happens, at one of its times. */
function before(name: string, at: number, happens: () => unknown): Pick<TestContext, 'db'> {
  let times = 0;
  const query = async (statement: { name: string }, ...more: unknown[]) => {
    if (statement.name === name && ++times === at) await happens();
    return Reflect.apply(ctx.db.query, ctx.db, [statement, ...more]);
  };
  return { db: Object.create(ctx.db, { query: { value: query } }) };
}

/** An audit between whose look and reading something happens. */
async function audit(happens: () => unknown = () => {}) {
  const ended = await scan(before('detection.select_chunks', 2, happens));
  expect(ended).toMatchObject({ kind: 'full', reason: 'the audit of the night is due', status: 'succeeded' });
  const [newest] = await lastAudits(ctx);
  return newest;
}
const changed = '1 day could not be compared because something changed while the scan read';

describe('an audit raises no alarm', () => {
  it('over rows that came between its look and its reading', async () => {
    await scan();
    clock.nowMs += night;
    const late = rowOf('2026-02-05', 'late');
    expect(await audit(() => write('truth', late))).toMatchObject({
      days: 9,
      daysLeft: 1,
      missed: 0,
      sentence: changed,
    });
  });

  it('over what time changed in between, also of days that it belongs to', async () => {
    const orphan = (day: string, more: Partial<Row> = {}) => rowOf(day, 'orphan', more);
    clock.nowMs = Date.UTC(2026, 1, 21, 1, 58);
    await write('labels', orphan('2026-02-04'), orphan('2026-02-07', { agent: 'ben', versionMs: clock.nowMs }));
    await scan();
    clock.nowMs = Date.UTC(2026, 1, 21, 2);
    const found = await audit(() => {
      clock.nowMs += ctx.config.detection.safetyMarginMs;
    });
    expect(found).toMatchObject({ days: 8, daysLeft: 2, missed: 0 });
  });

  it('over what a scan after a repair recorded in between', async () => {
    await scan();
    clock.nowMs += night;
    const found = await audit(async () => {
      clock.nowMs += 1;
      await ctx.db.pool.query("UPDATE day_looks SET stale = 1, affected = 1, as_of = $1 WHERE day = '2026-02-06'", [
        new Date(clock.nowMs),
      ]);
    });
    expect(found).toMatchObject({ days: 9, daysLeft: 1, missed: 0 });
    expect(found?.sentence).toBe('1 day could not be compared because another scan recorded it while this one read');
  });

  it('over nothing: of days that all changed it says that none was compared', async () => {
    await scan();
    clock.nowMs += night;
    await write('truth', ...daysBetween('2026-02-01', '2026-02-10').map((day) => rowOf(day, `more of ${day}`)));
    await write('truth', rowOf('2026-02-01', 'first of 2026-02-10', { versionMs: Date.UTC(2026, 1, 12) }));
    const found = await audit();
    expect(found).toMatchObject({ days: 0, daysLeft: 0, missed: 0 });
    expect(found && auditSentence(found)).toBe(
      'Every day changed since it was recorded, so nothing could be compared.',
    );
  });
});

it('an audit whose end is killed and repeated keeps one miss', async () => {
  await scan();
  await ctx.db.pool.query("UPDATE day_looks SET stale = 1, affected = 1 WHERE day = '2026-02-06'");
  clock.nowMs += night;
  const kill = new AbortController();
  const transaction: TestContext['db']['transaction'] = (work) =>
    ctx.db.transaction(async (tx) => {
      const done = await work(tx);
      const { rowCount } = await ctx.db.pool.query("SELECT FROM scans WHERE status = 'running' AND chunks_done = 1");
      if (rowCount === 0) return done;
      kill.abort(new Error('killed'));
      throw kill.signal.reason;
    });
  const killed = { db: Object.create(ctx.db, { transaction: { value: transaction } }) };
  await expect(scan(killed, { signal: kill.signal })).rejects.toThrow('killed');
  const misses = async () => (await ctx.db.pool.query('SELECT missed FROM misses')).rows;
  expect(await misses()).toEqual([]);
  const { rows } = await ctx.db.pool.query("SELECT id FROM scans WHERE status = 'running'");
  await runScan(ctx, rows[0].id, new AbortController().signal);
  await runScan(ctx, rows[0].id, new AbortController().signal);
  expect(await misses()).toEqual([{ missed: 1 }]);
});
