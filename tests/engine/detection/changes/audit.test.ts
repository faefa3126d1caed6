import { describe, expect, it } from 'vitest';
import { auditSentence, lastAudits } from '@/lib/detection/changes/last-audits';
import { listDays } from '@/lib/detection/view/list-days';
import { AppError } from '@/lib/errors';
import { listFindings } from '@/lib/findings/list-findings';
import type { TestContext } from '@/tests/support/context';
import { asking, clock, ctx, range, rowOf, scan, watchOneCustomer, writeBoth } from './watched';

watchOneCustomer();

async function audit(instead: Partial<TestContext> = {}) {
  clock.nowMs += 86_400_000;
  expect(await scan(instead)).toMatchObject({ kind: 'full', status: 'succeeded' });
  const [newest] = await lastAudits(ctx);
  return newest;
}
async function fromTheBeginning(chunkConversations: number) {
  ctx.config.detection.chunkConversations = chunkConversations;
  await ctx.db.pool.query('DELETE FROM part_looks; DELETE FROM day_looks');
  await scan();
}
const counted = async (wanted: string) => {
  const day = (await listDays(ctx, { customerId: 'acme', ...range })).find((one) => one.day === wanted);
  return day && [day.conversations, day.duplicates];
};

const refuse = async () => {
  throw new AppError('limit', 'A limit was hit.');
};

describe('the audit of a scan in several chunks', () => {
  it('takes a conversation whose truth starts in two of them as the increments do, and finds nothing missed', async () => {
    ctx.config.detection.chunkConversations = 1;
    await scan();
    // The start was corrected: both sides have a row on each of two days.
    await writeBoth(rowOf('2026-02-08', 'first of 2026-02-03'));
    ctx.config.detection.chunkConversations = 1_000;
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-03', '2026-02-08'] });
    const whole = async () => [await counted('2026-02-03'), await counted('2026-02-08')];
    expect(await whole()).toEqual([
      [0, 0],
      [2, 1],
    ]);
    ctx.config.detection.chunkConversations = 3;
    expect(await audit()).toMatchObject({ days: 10, missed: 0, sentence: null });
    expect(await whole(), 'what the chunks counted replaces nothing').toEqual([
      [0, 0],
      [2, 1],
    ]);
  });

  it('still finds what the increments missed on another day', async () => {
    await ctx.db.pool.query("UPDATE day_looks SET stale = stale + 3, affected = affected + 3 WHERE day = '2026-02-06'");
    expect(await audit()).toMatchObject({ days: 10, missed: 3, daysMissed: ['2026-02-06'] });
    expect(await counted('2026-02-08')).toEqual([2, 1]);
    const { misses } = await listFindings(ctx);
    expect(misses.rows).toMatchObject([{ state: 'open', missed: 3, days: ['2026-02-06'] }]);
    expect(await audit()).toMatchObject({ missed: 0 });
    expect((await listFindings(ctx)).misses.rows, 'two full scans agree').toMatchObject([{ state: 'open' }]);
    await writeBoth(rowOf('2026-02-06', 'first of 2026-02-06'));
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-06'] });
    expect(await audit()).toMatchObject({ missed: 0 });
    expect((await listFindings(ctx, { misses: 'all' })).misses.rows).toMatchObject([{ state: 'clean since' }]);
  });

  it.each([10, 1_000])('doubts what a full scan recorded with it in two chunks, in chunks of %d', async (rowsMax) => {
    await fromTheBeginning(1);
    expect(await counted('2026-02-08'), 'the first scan has nothing to compare with').toEqual([2, 0]);
    ctx.config.detection.chunkConversations = rowsMax;
    const found = await audit();
    expect(found).toMatchObject({ days: 8, daysLeft: 2, missed: 0, daysMissed: [] });
    expect(found && auditSentence(found)).toMatch(
      /^looked again at \d+ conversations, missed 0; 2 days could not be compared because a scan counts a conversation in each chunk /,
    );
    expect(await counted('2026-02-08')).toEqual([2, 1]);
  });

  it('doubts the days that are too many rows for one chunk', async () => {
    ctx.config.detection.chunkConversations = 1;
    expect(await audit()).toMatchObject({ days: 8, daysLeft: 2, missed: 0, daysMissed: [] });
  });

  it('does not doubt what is more than the conversation of two chunks', async () => {
    await fromTheBeginning(1);
    await ctx.db.pool.query("UPDATE day_looks SET stale = stale + 3, affected = affected + 3 WHERE day = '2026-02-08'");
    ctx.config.detection.chunkConversations = 1_000;
    expect(await audit(), 'at least').toMatchObject({ days: 9, daysLeft: 1, missed: 2, daysMissed: ['2026-02-08'] });
  });

  it('ends where an engine cannot count the days again, and says so', async () => {
    for (const name of ['changes.times_split', 'changes.touched_days']) {
      await fromTheBeginning(1_000);
      ctx.config.detection.chunkConversations = 3;
      const found = await audit({ clickhouse: asking(name, refuse) });
      expect(found, name).toMatchObject({ days: 8, daysLeft: 2, missed: 0 });
      expect(found?.sentence, name).toMatch(/^2 days could not be compared because /);
    }
  });

  it('leaves out a day of which rows came while it was counted again', async () => {
    await fromTheBeginning(1_000);
    ctx.config.detection.chunkConversations = 5;
    const late = rowOf('2026-02-03', 'late');
    const found = await audit({ clickhouse: asking('changes.times_split', () => writeBoth(late)) });
    expect(found).toMatchObject({ days: 8, daysLeft: 2, missed: 0 });
  });

  it('compares a day whose conversation has two starts in one chunk', async () => {
    const twice = rowOf('2026-02-06', 'first of 2026-02-06', { startMs: Date.parse('2026-02-06T11:00:00Z') });
    await writeBoth(twice);
    ctx.config.detection.chunkConversations = 3;
    await scan();
    await ctx.db.pool.query("UPDATE day_looks SET stale = stale + 3, affected = affected + 3 WHERE day = '2026-02-06'");
    expect(await audit()).toMatchObject({ days: 10, daysLeft: 0, missed: 3, daysMissed: ['2026-02-06'] });
  });
});
