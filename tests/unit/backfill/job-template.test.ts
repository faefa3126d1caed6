import { expect, it } from 'vitest';
import { plannedAddress, plannedTemplate } from '@/lib/backfill/plan/job-template';
import { loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import { Scope } from '@/lib/customers/model';
import { createProcessLauncher } from '@/lib/jobs/process/launcher';
import { createLog } from '@/lib/log';

const log = createLog('test', 'silent');
const scope = Scope.parse({
  ...{ customerId: 'c', profiles: ['p'], database: 'd', timeZone: 'UTC', fromDay: '2026-02-10', toDay: '2026-02-11' },
  ...{ fromMs: Date.parse('2026-02-10'), toMs: Date.parse('2026-02-11') },
});
const now = new Date('2026-02-11T00:00:00Z');
const template = { platform: 'kubernetes', 'labeler’s image': 'labeler:1', 'address of ClickHouse': 'ch.one:8443' };

/** A worker's row with what it makes Jobs from. */
const worker = (more: object, checkedSecondsAgo = 5) => ({
  ...{ id: 'w', host: 'pod-1', pid: 1, started_at: now, seen_at: now, silent_seconds: 1 },
  launcher_checked_at: new Date(now.getTime() - checkedSecondsAgo * 1_000),
  launcher_check: { platform: 'kubernetes', cluster: 'c', namespace: 'n', account: 'a', findings: [], ...more },
});

/** A planner whose settings differ from those of these workers. */
async function plannedBeside(workers: object[], env: Record<string, string>) {
  const config = loadConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgres://x@127.0.0.1:9/x', ...env });
  const ctx = createContext({ process: 'cli', config, log });
  const planned = await plannedTemplate(
    {
      ...ctx,
      launcher: async () => createProcessLauncher({ config, log }),
      db: Object.assign(Object.create(ctx.db), {
        query: async ({ row }: { row: { parse(value: unknown): unknown } }) => workers.map((one) => row.parse(one)),
      }),
    },
    scope,
  );
  await ctx.close();
  return planned;
}
const one = { CLICKHOUSE_URL: 'https://ch.two:8443', SLC_LABELER_VARIANT: 'lookback' };
const other = { CLICKHOUSE_URL: 'https://ch.three:8443', SLC_JOB_DEADLINE_MINUTES: '5' };

it('a plan is of what the worker that launches makes Jobs from, whatever the planner’s own settings are', async () => {
  const old = worker({ template: { ...template, 'labeler’s image': 'labeler:0' } }, 60);
  const planned = await plannedBeside([old, worker({ template })], one);
  expect(planned.jobParts).toEqual(template);
  expect(plannedAddress(planned.jobParts)).toBe('ch.one:8443');
  expect(await plannedBeside([worker({ template })], other)).toEqual(planned);
});

it('where no worker alive has said it, the planner reads it itself', async () => {
  const silent = { ...worker({ template }), silent_seconds: 600 };
  for (const workers of [[], [silent], [worker({})]])
    expect((await plannedBeside(workers, one)).jobParts).toMatchObject({
      platform: 'process',
      'labeler’s variant': 'lookback',
      'address of ClickHouse': 'ch.two:8443',
    });
});
