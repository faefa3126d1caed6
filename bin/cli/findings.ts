import { type Command, Option } from 'commander';
import { type Flag, flagNames } from '@/lib/detection/flags';
import { AppError } from '@/lib/errors';
import { muteFinding, noteFinding, ownFinding, unmuteFinding } from '@/lib/findings/change-finding';
import { getFinding } from '@/lib/findings/get-finding';
import { findingStates } from '@/lib/findings/history/model';
import { listFindings } from '@/lib/findings/list-findings';
import { type FindingSort, type FindingsQuery, findingSorts } from '@/lib/findings/model';
import { numberOf } from './campaign/options';
import { addLedgerCommand, drawFinding, drawFindings } from './findings-text';
import { addMissCommands } from './misses';
import { show } from './output';
import { type Session, withSession } from './session';

type ListOptions = {
  customer?: string;
  day?: string;
  state: NonNullable<FindingsQuery['state']>;
  flag?: Flag;
  muted: NonNullable<FindingsQuery['muted']>;
  owner?: string;
  search?: string;
  sort: FindingSort;
  ascending?: boolean;
  page: string;
  rows: string;
  json?: boolean;
};

/** `findings list | show | mute | unmute | own | note | ledger | misses | miss | acknowledge`. */
export function addFindingCommands(program: Command): void {
  const findings = program.command('findings').description('days that are wrong, since when, and what was done');

  findings
    .command('list')
    .description('days that are wrong now, or those of a state')
    .option('--customer <id>', 'only this customer')
    .option('--day <day>', 'only this day')
    .addOption(
      new Option('--state <state>', 'open: wrong now; or one state, or all')
        .choices(['open', 'all', ...findingStates])
        .default('open'),
    )
    .addOption(new Option('--flag <flag>', 'only those with this flag').choices(flagNames))
    .addOption(
      new Option('--muted <which>', 'only muted ones, or only the others').choices(['yes', 'no', 'all']).default('all'),
    )
    .option('--owner <name>', 'only those that this person looks after; "" is nobody')
    .option('--search <text>', 'text in customer, day, owner, note and reason')
    .addOption(new Option('--sort <column>', 'by which column').choices(findingSorts).default('first seen'))
    .option('--ascending', 'the least first')
    .option('--page <number>', 'which page', '1')
    .option('--rows <number>', 'findings a page', '50')
    .option('--json', 'JSON for programs')
    .action((options: ListOptions) =>
      withSession(
        async ({ ctx }) => {
          show(await listFindings(ctx, queryOf(options)), options.json === true, (page) =>
            drawFindings(page, ctx.clock.now()),
          );
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  findings
    .command('show')
    .description('one finding: its counts, clocks, runs, relooks, and what was done by whom')
    .argument('<finding>')
    .option('--json', 'JSON for programs')
    .action((id: string, options: { json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const finding = await getFinding(ctx, { findingId: findingIdOf(id) });
          show(finding, options.json === true, (one) => drawFinding(one, ctx.clock.now()));
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  addChange<{ until: string; reason: string }>(
    findings
      .command('mute')
      .description('until a day begins, nobody hears of the finding and no alert counts it')
      .requiredOption('--until <day>', 'the mute ends when this day of the customer begins, at most 92 days ahead')
      .requiredOption('--reason <text>', 'why, for the audit'),
    ({ ctx, actor }, findingId, { until, reason }) => muteFinding(ctx, { findingId, untilDay: until, reason }, actor),
  );
  addChange<{ reason: string }>(
    findings
      .command('unmute')
      .description('end a mute; people hear of the day again if it is wrong')
      .requiredOption('--reason <text>', 'why, for the audit'),
    ({ ctx, actor }, findingId, { reason }) => unmuteFinding(ctx, { findingId, reason }, actor),
  );
  addChange<{ owner: string }>(
    findings
      .command('own')
      .description('say who looks after the finding')
      .requiredOption('--owner <name>', 'a name; "" is nobody'),
    ({ ctx, actor }, findingId, { owner }) => ownFinding(ctx, { findingId, owner }, actor),
  );
  addChange<{ text: string }>(
    findings
      .command('note')
      .description('write what people should know of the finding')
      .requiredOption('--text <text>', 'the note; "" removes it'),
    ({ ctx, actor }, findingId, { text }) => noteFinding(ctx, { findingId, note: text }, actor),
  );
  addLedgerCommand(findings);
  addMissCommands(findings);
}

/** A verb that changes one finding and prints it. */
function addChange<Options>(
  command: Command,
  change: (session: Session, findingId: string, options: Options) => Promise<void>,
): void {
  command
    .argument('<finding>')
    .option('--json', 'JSON for programs')
    .action((id: string, options: Options & { json?: boolean }) =>
      withSession(
        async (session) => {
          const findingId = findingIdOf(id);
          await change(session, findingId, options);
          const { clock } = session.ctx;
          const finding = await getFinding(session.ctx, { findingId });
          show(finding, options.json === true, (one) => drawFinding(one, clock.now()));
          return undefined;
        },
        { permission: 'findings.manage', input: { findingId: id, ...options } },
      ),
    );
}

const queryOf = ({ customer, ascending, page, rows, json: _, ...options }: ListOptions): FindingsQuery => {
  const rowsMax = numberOf(rows, '--rows');
  return {
    ...options,
    customerId: customer,
    descending: ascending !== true,
    rowsMax,
    offset: (numberOf(page, '--page') - 1) * rowsMax,
  };
};

function findingIdOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new AppError(
    'invalid_input',
    `"${text.slice(0, 80)}" is not the id of a finding. "findings list" shows the ids.`,
  );
}
