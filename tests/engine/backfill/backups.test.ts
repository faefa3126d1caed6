import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { dropBackups } from '@/lib/backfill/backups/drop-backups';
import { listBackups } from '@/lib/backfill/backups/list-backups';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { getRun } from '@/lib/backfill/view/get-run';
import { fixedClock } from '@/lib/clock';
import { incidentDay } from '@/lib/embedded/demo/incident';
import type { TestContext } from '../../support/context';
import { dayOfIncident, incidentOf, operator, reached, start } from '../../support/repair';
import { labelerDoes, stubbedLabeler, workingContext } from '../../support/worker';

let ctx: TestContext;
const labeler = (mode: string) => labelerDoes(ctx, mode);
beforeAll(async () => {
  ctx = await workingContext({ env: { ...stubbedLabeler, SLC_BACKUP_DAYS: '7' } });
});
afterAll(() => ctx?.close());

it('backups are dropped past their age alone, of runs that are over, with an audit row; no other ever is', async () => {
  const over = await incidentOf(ctx);
  const overRun = await reached(ctx, await start(ctx, dayOfIncident(over, { strategy: 'no-gap' })), ['verified']);
  labeler('fail');
  const waiting = await incidentOf(ctx);
  const waitingId = await start(ctx, dayOfIncident(waiting));
  await reached(ctx, waitingId, ['needs attention']);

  const [day, list, ...none] = await listBackups(ctx, { runId: overRun.id });
  expect(none).toEqual([]);
  expect(day).toMatchObject({ customerId: over.id, unit: incidentDay, rows: 50, list: false, state: 'kept' });
  expect(list).toMatchObject({ rows: 17, list: true });
  expect(day?.bytes).toBeGreaterThan(0);
  expect(day?.dropAtMs).toBe((day?.takenAtMs ?? 0) + 7 * 86_400_000);
  await expect(dropBackups(ctx, { backupIds: [day?.backupId ?? ''] }, operator)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('dropped at an age of 7 days'),
  });
  expect(await dropBackups(ctx, {}, operator)).toEqual({ dropped: [] });

  // A backup whose run nobody knows here, as after another Postgres was restored.
  const table = `${over.database}.conversation_with_labels_slc_backup`;
  const stranger = `00000000-0000-4000-8000-000000000000/${incidentDay}/1`;
  await ctx.admin.client.command({
    query: `INSERT INTO ${table} SELECT * REPLACE ('${stranger}' AS slc_backup_id) FROM ${table} LIMIT 1`,
  });
  const later = { ...ctx, clock: fixedClock(ctx.clock.now() + 8 * 86_400_000) };
  const { dropped } = await dropBackups(later, {}, operator);
  expect(dropped.sort()).toEqual([day?.backupId, list?.backupId].sort());
  expect((await listBackups(later)).map(({ backupId, state }) => [backupId, state]).sort()).toEqual(
    [
      [stranger, 'kept'],
      [`${waitingId}/${incidentDay}/1`, 'kept'],
    ].sort(),
  );
  const drops = (await listAudit(ctx, { customerId: over.id })).filter((row) => row.action === 'backup.drop');
  expect(drops.map((row) => row.detail)).toContainEqual(
    expect.objectContaining({ backupId: day?.backupId, rows: 50, bytes: day?.bytes }),
  );
  expect((await getRun(ctx, overRun.id)).units[0]).toMatchObject({ canUndo: false });
  expect((await planUndo(ctx, { runId: overRun.id })).units[0]?.skip).toBe('The backup of this unit was dropped.');
  expect(await dropBackups(later, {}, operator)).toEqual({ dropped: [] });
});
