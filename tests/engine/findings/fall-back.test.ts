import { afterAll, beforeAll, expect, it } from 'vitest';
import { dayOf } from '@/lib/days';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { muteFinding } from '@/lib/findings/change-finding';
import { endMutes } from '@/lib/findings/end-mutes';
import { getFinding } from '@/lib/findings/get-finding';
import { wrongMsOf } from '@/lib/findings/history/model';
import { listFindings } from '@/lib/findings/list-findings';
import { requestRelooks } from '@/lib/findings/work-relooks';
import type { TestContext } from '@/tests/support/context';
import { looked, recordLooks } from '@/tests/support/looks';
import { dayOfIncident, incidentOf, operator, reached, start } from '@/tests/support/repair';
import { workingContext } from '@/tests/support/worker';

const never = new AbortController().signal;
const minute = 60_000;
let aheadMs = 0;
let ctx: TestContext;
beforeAll(async () => {
  ctx = await workingContext({ clock: { now: () => Date.now() + aheadMs } });
});
afterAll(() => ctx?.close());

const waitingScans = async () =>
  (await ctx.db.pool.query("SELECT id FROM scans WHERE status = 'queued' ORDER BY created_at")).rows.map(
    (row) => row.id,
  );

it('a day that a run repaired is looked at again, and falls back as the same finding when it is wrong', async () => {
  const customer = await incidentOf(ctx);
  const { scanId } = await requestScan(
    ctx,
    { customerId: customer.id, fromDay: incidentDay, toDay: '2026-02-11' },
    operator,
  );
  await runScan(ctx, scanId, never);
  const [found] = (await listFindings(ctx, { customerId: customer.id })).rows;
  const findingId = found?.id ?? '';
  // 17 chats went to another agent, the last change of their truth at 03:01:45.
  const changedAtMs = Date.parse(`${incidentDay}T03:01:45Z`);
  expect(found).toMatchObject({ state: 'new', affected: 17, truthChangedAtMs: changedAtMs, wrongSinceMs: changedAtMs });
  expect(found?.agents).toBeGreaterThan(0);

  const runId = await start(ctx, dayOfIncident(customer));
  await reached(ctx, runId, ['verified']);
  // A look while a run changes labels says nothing of the day: neither that it is wrong nor that it is right by itself.
  const looksWhile = async (status: string, stale: number) => {
    const ended = status === 'verified' ? 'now()' : 'NULL';
    await ctx.db.pool.query(`UPDATE backfill_runs SET ended_at = ${ended} WHERE id = $1`, [runId]);
    await ctx.db.pool.query('UPDATE backfill_items SET status = $1 WHERE run_id = $2', [status, runId]);
    await recordLooks(ctx, customer.id, [looked(incidentDay, ctx.clock.now(), stale)]);
  };
  await looksWhile('relabelling', 50);
  await looksWhile('verifying', 0);
  await looksWhile('verified', 0);
  const repaired = await getFinding(ctx, { findingId });
  expect(repaired).toMatchObject({ state: 'repaired', repairedByRun: runId, affected: 0, worstAffected: 17 });
  expect(repaired.runs).toMatchObject([{ id: runId, status: 'verified', startedBy: operator.name }]);
  expect(repaired.relooks.map((relook) => relook.dueAtMs - (repaired.repairedAtMs ?? 0))).toEqual(
    [15, 60, 24 * 60, 7 * 24 * 60].map((minutes) => minutes * minute),
  );
  const [after] = await waitingScans();
  await runScan(ctx, after, never);
  expect(await requestRelooks(ctx), 'nothing is due').toEqual([]);

  aheadMs = 16 * minute;
  const asked = await Promise.all([requestRelooks(ctx), requestRelooks(ctx)]);
  const [first = '', ...others] = asked.flat();
  expect(others, 'two workers ask once').toEqual([]);
  expect(await getScan(ctx, first)).toMatchObject({ cause: 'after repair', fromDay: incidentDay, toDay: '2026-02-11' });
  expect(await requestRelooks(ctx), 'its scan is under way').toEqual([]);
  await ctx.db.pool.query("UPDATE scans SET status = 'failed', ended_at = now() WHERE id = $1", [first]);
  aheadMs = 27 * minute;
  const [again = ''] = await requestRelooks(ctx);
  await runScan(ctx, again, never);
  expect((await getFinding(ctx, { findingId })).relooks.map((relook) => relook.found)).toEqual([
    'clean',
    null,
    null,
    null,
  ]);

  // A cron labels two conversations as they were before.
  const labels = `${customer.database}.conversation_with_labels`;
  await ctx.admin.client.command({
    query: `INSERT INTO ${labels} SELECT * REPLACE ('Nobody' AS agent_user_id, now64(3) AS update_time)
      FROM ${labels} FINAL ORDER BY conversation_id LIMIT 2`,
  });
  aheadMs = 61 * minute;
  const [second = ''] = await requestRelooks(ctx);
  await runScan(ctx, second, never);
  const back = await getFinding(ctx, { findingId });
  expect(back).toMatchObject({ state: 'fallen back', affected: 2, worstAffected: 17, timesFallenBack: 1 });
  expect(back.events.map((event) => event.kind)).toEqual(['new', 'repaired', 'fallen back']);
  expect(back.relooks.map((relook) => relook.found)).toEqual(['clean', 'wrong', null, null]);
  // Wrong again since the look that found it clean, 34 minutes before.
  const minutesWrong = (wrongMsOf(back, ctx.clock.now()) - wrongMsOf(repaired, ctx.clock.now())) / minute;
  expect(minutesWrong).toBeGreaterThan(33);
  expect(minutesWrong).toBeLessThan(37);

  await muteFinding(
    ctx,
    { findingId, untilDay: dayOf(ctx.clock.now() + 25 * 60 * minute, 'UTC'), reason: 'known' },
    operator,
  );
  await endMutes(ctx);
  expect((await getFinding(ctx, { findingId })).mutedUntilMs).not.toBeNull();
  aheadMs += 50 * 60 * minute;
  await endMutes(ctx);
  await endMutes(ctx);
  const heard = await getFinding(ctx, { findingId });
  expect(heard.mutedUntilMs).toBeNull();
  expect(heard.events.slice(-2).map((event) => [event.kind, event.actor])).toEqual([
    ['muted', operator.name],
    ['unmuted', 'worker'],
  ]);
  const { rows: cases } = await ctx.db.pool.query('SELECT event FROM notification_cases WHERE resolved_at IS NULL');
  expect(cases).toEqual([{ event: 'finding fallen back' }]);
});
