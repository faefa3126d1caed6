import type { Command } from 'commander';
import { activeDaysCsv, agentDaysCsv } from '@/lib/active-days/active-days-csv';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { agentDays } from '@/lib/active-days/agent-days';
import type { AgentDaysView } from '@/lib/active-days/agent-days-model';
import { listSnapshotRuns } from '@/lib/active-days/list-snapshot-runs';
import { type ActiveDaysDiff, namesMostOfAll, type SnapshotRun } from '@/lib/active-days/model';
import { getRun } from '@/lib/backfill/view/get-run';
import { AppError } from '@/lib/errors';
import { drawAgentDays, drawDiff, drawRuns } from './active-days-text';
import { answer, show } from './output';
import { bounded, type RangeOptions, readRange, type Session, withSession } from './session';

type Options = RangeOptions & {
  useCase?: string;
  run?: string;
  before?: string;
  after?: string;
  runs?: boolean;
  agent?: string;
  conversations?: boolean;
  csv?: boolean;
  json?: boolean;
};

/** `active-days`: before, expected and after for each agent, or the days of one agent and what decides them. */
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
    .option('--before <moment>', 'compare from "now", "<run>:before" or "<run>:after"')
    .option('--after <moment>', 'compare with "now", "<run>:before" or "<run>:after"')
    .option('--runs', 'lists the runs whose Active Days are kept, instead')
    .option(
      '--agent <name>',
      'the days of this agent: what labels and truth say, and the smallest cause of a difference',
    )
    .option('--conversations', 'with --agent: every conversation that decides a day, with its times')
    .option('--csv', 'CSV, safe to open in a spreadsheet')
    .option('--json', 'JSON for programs')
    .action((argument: string | undefined, options: Options) =>
      withSession(
        async (session) => {
          if (options.csv && options.json) throw new AppError('invalid_input', 'Give either --csv or --json.');
          if (options.conversations && !options.agent)
            throw new AppError('invalid_input', '--conversations needs --agent.');
          if (options.runs) await printRuns(session, argument, options);
          else await printDays(session, argument, options);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

async function printRuns({ ctx }: Session, argument: string | undefined, options: Options): Promise<void> {
  const customer = argument ?? options.customer;
  if (!customer) throw new AppError('invalid_input', 'Name a customer. "customers list" shows them.');
  if (options.csv) throw new AppError('invalid_input', 'Runs have no --csv; take --json.');
  show({ runs: await listSnapshotRuns(ctx, customer) }, options.json === true, (found: { runs: SnapshotRun[] }) =>
    drawRuns(found.runs),
  );
}

async function printDays(session: Session, argument: string | undefined, options: Options): Promise<void> {
  const ctx = bounded(session);
  const { agent, before, after } = options;
  const run = options.run ? await getRun(ctx, options.run) : null;
  const range = run
    ? {
        customer: argument ?? options.customer ?? run.customerId,
        from: options.from ?? options.day ?? run.fromDay,
        to: options.to ?? (options.day ? undefined : run.toDay),
      }
    : options;
  const { customer, fromDay, toDay } = await readRange(session, argument, range);
  const query = {
    customerId: customer.id,
    fromDay,
    toDay,
    useCase: options.useCase,
    runId: options.run,
    before,
    after,
  };
  if (agent === undefined) {
    const diff = await activeDaysDiff(ctx, query);
    if (options.csv) answer(activeDaysCsv(diff).trimEnd());
    else show<ActiveDaysDiff>(diff, options.json === true, drawDiff);
    return;
  }
  const all = options.conversations || options.csv || options.json;
  const view = await agentDays(ctx, { ...query, agent, ...(all ? { namesMost: namesMostOfAll } : {}) });
  if (options.csv) answer(agentDaysCsv(view).trimEnd());
  else
    show<AgentDaysView>(view, options.json === true, (days) =>
      drawAgentDays(days, { conversations: options.conversations === true }),
    );
}
