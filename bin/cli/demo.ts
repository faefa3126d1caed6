import type { Command } from 'commander';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { ClickHouse } from '@/lib/clickhouse/client';
import { addDays } from '@/lib/days';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { incidentCustomer, incidentDay } from '@/lib/embedded/demo/incident';
import { requireDemo, resetIncident } from '@/lib/embedded/demo/reset-incident';
import { AppError } from '@/lib/errors';
import { connectPostgres } from '@/lib/postgres/client';
import { show } from './output';
import { waitForScan } from './scan';
import { withSession } from './session';

const active = new Set(['queued', 'running', 'needs attention']);

/** `demo reset` restores the incident. It works only on the embedded demo. */
export function addDemoCommands(program: Command): void {
  const demo = program.command('demo').description('the embedded demo');
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
          const { url, users } = ctx.config.clickhouse;
          const clickhouse = new ClickHouse({ url, user: users.admin, log: ctx.log });
          const chats = connectPostgres({ url: ctx.config.chats.ownerUrl, log: ctx.log, application: 'slc-demo' });
          const reset = await resetIncident({ clickhouse, chats }).finally(() =>
            Promise.allSettled([clickhouse.close(), chats.close()]),
          );
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
}
