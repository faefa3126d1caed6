import { describe, expect, it } from 'vitest';
import { cancelScan } from '@/lib/detection/scan/cancel-scan';
import { getScan } from '@/lib/detection/scan/get-scan';
import { scanQueue, scanQueueName } from '@/lib/detection/scan/queue';
import { requestScan, requestScanFor } from '@/lib/detection/scan/request-scan';
import { resumeScan } from '@/lib/detection/scan/resume-scan';
import { lockWaitingJob } from '@/lib/detection/scan/sql/requests';
import { resendLostScans, workScans } from '@/lib/detection/scan/work-scans';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { ctx, jobsOf, sql, workForOneCustomer } from './one-customer';

workForOneCustomer();

const asked = async () =>
  (await requestScan(ctx, { customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-02-11' }, operator)).scanId;

describe('a scan whose job was lost', () => {
  const resend = async () => resendLostScans({ boss: await scanQueue(ctx), db: ctx.db, name: scanQueueName });
  const waits = { priority: 30, data: { scanId: expect.any(String) } };

  it('has one job again, however many workers look, and a scan that has one gets no second', async () => {
    const scanId = await asked();
    expect(await resend()).toBe(0);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    expect((await Promise.all([resend(), resend(), resend(), resend()])).toSorted()).toEqual([0, 0, 0, 1]);
    expect(await resend()).toBe(0);
    const boss = await scanQueue(ctx);
    const [job] = await boss.fetch(scanQueueName, { includeMetadata: true });
    expect(job).toMatchObject({ ...waits, data: { scanId } });
    expect(await resend()).toBe(0);
    await boss.fail(scanQueueName, job?.id ?? '');
    expect(await jobsOf(scanQueueName)).toMatchObject([{ state: 'retry' }]);
    expect(await resend()).toBe(0);
  });

  it('has a job again after the queue deleted it as too old, and has failed once the queue gave it up', async () => {
    const boss = await scanQueue(ctx);
    await sql("UPDATE pgboss.job SET keep_until = now() - interval '1 day' WHERE name = $1", [scanQueueName]);
    await until('the queue has deleted it', async () => {
      await sql('UPDATE pgboss.queue SET maintain_on = NULL WHERE name = $1', [scanQueueName]);
      await boss.supervise(scanQueueName);
      return (await jobsOf(scanQueueName)).length === 0;
    });
    expect(await resend()).toBe(1);
    const [job] = await boss.fetch(scanQueueName);
    await sql("UPDATE pgboss.job SET retry_limit = 0, started_on = now() - interval '2 days' WHERE id = $1", [job?.id]);
    await until('the queue has given it up', async () => {
      await sql('UPDATE pgboss.queue SET monitor_on = NULL WHERE name = $1', [scanQueueName]);
      await boss.supervise(scanQueueName);
      return (await jobsOf(scanQueueName)).length === 0;
    });
    expect(await resend()).toBe(0);
    const scanId = (job?.data as { scanId: string } | undefined)?.scanId ?? '';
    expect(await getScan(ctx, scanId)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('gave it up'),
    });
    await resumeScan(ctx, { scanId }, operator);
    expect(await jobsOf(scanQueueName)).toMatchObject([{ data: { scanId } }]);
    await cancelScan(ctx, { scanId }, operator);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
  });

  it('has one job after it was cancelled while it waited, and resumed', async () => {
    const scanId = await asked();
    await cancelScan(ctx, { scanId }, operator);
    await resumeScan(ctx, { scanId }, operator);
    expect(await jobsOf(scanQueueName)).toMatchObject([{ data: { scanId } }]);
    const boss = await scanQueue(ctx);
    await ctx.db.transaction(async (tx) => {
      expect(await tx.query(lockWaitingJob, { queue: scanQueueName, id: scanId })).toHaveLength(1);
      // No worker takes it, and ends it, before the scan is queued again.
      expect(await boss.fetch(scanQueueName)).toEqual([]);
    });
    expect(await boss.fetch(scanQueueName)).toHaveLength(1);
    await cancelScan(ctx, { scanId }, operator);
    await resumeScan(ctx, { scanId }, operator);
    expect((await jobsOf(scanQueueName)).map((job) => job.state).toSorted()).toEqual(['active', 'created']);
  });

  it.each([
    { cause: 'first start', priority: 10, group_id: 'regular' },
    { cause: 'schedule', priority: 0, group_id: 'regular' },
    { cause: 'after repair', priority: 20, group_id: null },
    { cause: 'person', priority: 30, group_id: null },
  ] as const)('has the same place in the queue again where its cause is $cause', async ({ cause, ...place }) => {
    const job = () => sql('SELECT data, priority, group_id FROM pgboss.job WHERE name = $1', [scanQueueName]);
    await sql("UPDATE scans SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    const days = { customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-02-11' };
    if (cause === 'person') await requestScan(ctx, days, operator);
    else await requestScanFor(ctx, { ...days, cause, requestedBy: 'worker' });
    const before = await job();
    expect(before).toMatchObject([place]);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    expect(await resend()).toBe(1);
    expect(await job()).toEqual(before);
  });

  it('is run by a worker', async () => {
    const end = new AbortController();
    const scanId = await asked();
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    await workScans(ctx, end.signal);
    await until('it has ended', async () => (await getScan(ctx, scanId)).endedAtMs !== null);
    end.abort(new Error('the test is over'));
  });
});
