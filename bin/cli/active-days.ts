import type { Command } from 'commander';
import { activeDaysCsv } from '@/lib/active-days/active-days-csv';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import type { ActiveDaysDiff, AgentDays } from '@/lib/active-days/model';
import { getRun } from '@/lib/backfill/view/get-run';
import { AppError } from '@/lib/errors';
import { answer, show, table } from './output';
import { type RangeOptions, readRange, withSession } from './session';

type Options = RangeOptions & { useCase?: string; run?: string; csv?: boolean; json?: boolean };

/** `active-days`: before, expected and after for each agent, now or for a run. */
export function addActiveDaysCommand(program: Command): void {
  program
    .command('active-days')
    .description('Active Days of each agent: before, as the truth expects them, and after')
    .argument('[customer]')
    .option('--customer <id>', 'the same as the argument')
    .option('--day <day>', 'one day of the customer, YYYY-MM-DD')
    .option('--from <day>', 'first day, inclusive; by default the newest day with data')
    .option('--to <day>', 'last day, exclusive; by default the day after --from')
    .option('--use-case <id>', 'only conversations of this use case')
    .option('--run <id>', 'a backfill: its stored snapshots, with its customer and range')
    .option('--csv', 'CSV, safe to open in a spreadsheet')
    .option('--json', 'JSON for programs')
    .action((argument: string | undefined, options: Options) =>
      withSession(
        async (session) => {
          if (options.csv && options.json) throw new AppError('invalid_input', 'Give either --csv or --json.');
          const run = options.run ? await getRun(session.ctx, options.run) : null;
          const range = run
            ? { customer: argument ?? options.customer ?? run.customerId, from: run.fromDay, to: run.toDay }
            : options;
          const { customer, fromDay, toDay } = await readRange(session, argument, range);
          const query = { customerId: customer.id, fromDay, toDay, useCase: options.useCase, runId: options.run };
          const diff = await activeDaysDiff(session.ctx, query);
          if (options.csv) answer(activeDaysCsv(diff).trimEnd());
          else show(diff, options.json === true, drawDiff);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

const days = (value: AgentDays) => (value === null ? 'N/A' : value);

function drawDiff(diff: ActiveDaysDiff): string {
  const { totals } = diff;
  return table(
    ['Agent', 'Before', 'Expected', 'After', 'Verdict'],
    [
      ...diff.agents.map((row) => [row.agent, days(row.before), days(row.expected), days(row.after), row.verdict]),
      ['Total', totals.before, totals.expected, totals.after, null],
    ],
  );
}
