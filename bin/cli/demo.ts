import type { Command } from 'commander';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { ClickHouse } from '@/lib/clickhouse/client';
import { addDays } from '@/lib/days';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { fallBackCustomer } from '@/lib/embedded/demo/fall-back';
import { incidentCustomer, incidentDay } from '@/lib/embedded/demo/incident';
import { requireDemo, resetIncident } from '@/lib/embedded/demo/reset-incident';
import { AppError } from '@/lib/errors';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { playFallBack } from './demo-fall-back';
import { addReceiverCommand } from './demo-receiver';
import { show } from './output';
import { waitForScan } from './scan';
import { type Session, withSession } from './session';

const active = new Set(['queued', 'running', 'needs attention']);

/** `demo reset` restores the incident, `demo fall-back` makes a finding that fell back, both only on the embedded demo. `demo receiver` prints notifications. */
export function addDemoCommands(program: Command): void {
  const demo = program.command('demo').description('the embedded demo');
  addReceiverCommand(demo);
  demo
    .command('reset')
    .description('restore the incident of alaska-air, and scan its days')
    .option('--json', 'JSON for programs')
    .action((options: { json?: boolean }) =>
      withSession(
        async (session) => {
          const { ctx, actor } = session;
          requireDemo(ctx.config);
          const runs = await listRuns(ctx, { customerId: incidentCustomer.id });
          if (runs.some((run) => active.has(run.status)))
            throw new AppError(
              'conflict',
              'A backfill of alaska-air is not over. Close or cancel it before the reset.',
            );
          const reset = await withDemoEngines(session, resetIncident);
          const range = { fromDay: addDays(incidentDay, -27), toDay: addDays(incidentDay, 3) };
          const { scanId } = await requestScan(ctx, { customerId: reset.customerId, ...range }, actor);
          await waitForScan(session, scanId);
          show(
            reset,
            options.json === true,
            () => `The incident of ${incidentDay} is back (${reset.chats} conversations).`,
          );
          return undefined;
        },
        { permission: 'backfill.run' },
      ),
    );

  demo
    .command('fall-back')
    .description('add fabrikam, repair its wrong day and make it wrong again, so that a finding falls back; once')
    .option('--json', 'JSON for programs')
    .action((options: { json?: boolean }) =>
      withSession(
        async (session) => {
          requireDemo(session.ctx.config);
          const day = await withDemoEngines(session, (engines) => playFallBack(session, engines));
          show({ customerId: fallBackCustomer.id, day }, options.json === true, () =>
            day === null ? 'fabrikam fell back before. Nothing was done.' : `${day} of fabrikam fell back.`,
          );
          return undefined;
        },
        { permission: 'backfill.run' },
      ),
    );
}

/** Runs `work` with connections to the demo's engines that may write, and closes them. */
async function withDemoEngines<T>(
  { ctx: { config, clock, log } }: Session,
  work: (engines: { clickhouse: ClickHouse; chats: Postgres; nowMs: number }) => Promise<T>,
): Promise<T> {
  const clickhouse = new ClickHouse({ url: config.clickhouse.url, user: config.clickhouse.users.admin, log });
  const chats = connectPostgres({ url: config.chats.ownerUrl, log, application: 'slc-demo' });
  return work({ clickhouse, chats, nowMs: clock.now() }).finally(() =>
    Promise.allSettled([clickhouse.close(), chats.close()]),
  );
}
