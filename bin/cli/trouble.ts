import type { Command } from 'commander';
import { listTrouble } from '@/lib/trouble/list-trouble';
import { isWrong } from '@/lib/trouble/model';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { withSession } from './session';

/** `trouble`. */
export function addTroubleCommand(program: Command): void {
  program
    .command('trouble')
    .description('everything that waits for a person: stopped runs, failing mutations, engines, workers, approvals')
    .option('--json', 'JSON for programs')
    .action((options: { json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const report = await listTrouble(ctx, actor);
          for (const sentence of report.unknown) say(sentence);
          show(report, options.json === true, ({ trouble }) =>
            table(
              ['Kind', 'Customers', 'What'],
              trouble.map((one) => [one.kind, one.customers.join(', '), one.sentence]),
            ),
          );
          return report.unknown.length > 0 || report.trouble.some(isWrong) ? exitCodes.notGood : undefined;
        },
        { permission: 'read' },
      ),
    );
}
