import { Argument, type Command } from 'commander';
import { controlRun } from '@/lib/backfill/control/control-run';
import { type Control, controls } from '@/lib/backfill/state/choice-model';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import { getRun } from '@/lib/backfill/view/get-run';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { DayText } from '@/lib/customers/model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { parseInput } from '@/lib/edge/parse-input';
import { AppError } from '@/lib/errors';
import type { PauseCause } from '@/lib/holds/model';
import { every, poll } from '@/lib/poll';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { addRunChangesCommand } from './run-changes';
import { type Session, withSession } from './session';

const pollMs = 300;
const ended = new Set<RunView['status']>(['verified', 'needs attention', 'cancelled', 'closed']);

/** `runs list | show | pause | resume | control | changes`. */
export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('backfills, under way and over');

  runs
    .command('list')
    .description('the newest backfills')
    .option('--customer <id>', 'only this customer')
    .option('--day <day>', 'only runs that work on this day of the customer')
    .option('--json', 'JSON for programs')
    .action((options: { customer?: string; day?: string; json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const day = parseInput(DayText.optional(), options.day);
          const found = await listRuns(ctx, { customerId: options.customer, day });
          show({ runs: found }, options.json === true, () =>
            table(
              [
                'Run',
                'Customer',
                'From',
                'To (exclusive)',
                'Strategy',
                'Status',
                'Verified',
                'Days',
                'Without labels',
                'Started by',
              ],
              found.map((run) => [
                run.id,
                run.customerId,
                run.fromDay,
                run.toDay,
                run.strategy,
                run.status,
                run.unitsVerified,
                run.unitsTotal,
                gapText(run.gapMs, run.gapOpen),
                run.startedBy,
              ]),
            ),
          );
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  runs
    .command('show')
    .description('one backfill: its units, steps and what happens next')
    .argument('<run>')
    .option('--wait', 'follow the run until it ends; exit code 5 unless it ends verified')
    .option('--page <number>', 'the page of its units, from 1; by default the one with the unit in work')
    .option('--json', 'JSON for programs')
    .action((runId: string, options: { wait?: boolean; page?: string; json?: boolean }) =>
      withSession(
        async (session) => {
          const run = options.wait
            ? await waitForRun(session, runId)
            : await getRun(session.ctx, runId, pageOf(options.page));
          show(run, options.json === true, drawRun);
          return options.wait && run.status !== 'verified' ? exitCodes.notGood : exitCodes.done;
        },
        { permission: 'read' },
      ),
    );

  addPause(runs, 'pause', 'pause a backfill at its next boundary, never between a delete and its relabel');
  addPause(runs, 'resume', 'let a paused or stopped backfill go on');
  addControl(runs);
  addRunChangesCommand(runs);
}

function addPause(runs: Command, control: 'pause' | 'resume', description: string): void {
  runs
    .command(control)
    .description(description)
    .argument('<run>')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--json', 'JSON for programs')
    .action((runId: string, options: { reason: string; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          await controlRun(ctx, { runId, control, reason: options.reason }, actor);
          const { next, pause } = await getRun(ctx, runId);
          show({ runId, control, next, pause }, options.json === true, () => next);
          return undefined;
        },
        { permission: 'backfill.control', input: { runId, control } },
      ),
    );
}

/** Lists the controls of a run, or uses one. It is refused if it would no longer do what the person saw. */
function addControl(runs: Command): void {
  runs
    .command('control')
    .description('list the controls that a run offers now, or use one of them')
    .argument('<run>')
    .addArgument(new Argument('[control]', 'a control that the run offers').choices(controls))
    .option('--reason <text>', 'why, for the audit; required unless the control cancels')
    .option('--seen <text>', 'the "seen" of the offer in "runs show --json"; refused if the run has moved on')
    .option('--json', 'JSON for programs')
    .action(
      (runId: string, control: Control | undefined, options: { reason?: string; seen?: string; json?: boolean }) =>
        withSession(
          async ({ ctx, actor }) => {
            const run = await getRun(ctx, runId);
            if (!control) {
              show(
                { next: run.next, offers: run.offers },
                options.json === true,
                () => `${run.next}\n\n${drawOffers(run)}`,
              );
              return undefined;
            }
            const offer = run.offers.find((one) => one.control === control);
            if (offer) say(`${offer.verb}: ${offer.effect}`);
            await controlRun(ctx, { runId, control, reason: options.reason, seen: options.seen ?? offer?.seen }, actor);
            show({ runId, control }, options.json === true, () => `Done. Follow it: runs show ${runId} --wait`);
            return undefined;
          },
          { permission: control ? 'backfill.control' : 'read', input: { runId, control } },
        ),
    );
}

const drawOffers = (run: RunView): string =>
  table(
    ['Control', 'What it does', 'What follows'],
    run.offers.map(({ control, verb, effect }) => [control, verb, effect]),
  );

const gapText = (gapMs: number | null, open: boolean): string | null =>
  gapMs === null ? null : `${(gapMs / 1000).toFixed(1)} s${open ? ' so far' : ''}`;

/**
 * Follows a run until it ends or needs a person, and prints its events on stderr. An interrupt does not stop the run.
 */
export async function waitForRun({ ctx, signal }: Session, runId: string): Promise<RunView> {
  const printed = new Set<number>();
  const look = async () => {
    const run = await getRun(ctx, runId);
    for (const event of [...run.events].sort((a, b) => a.id - b.id)) {
      if (printed.has(event.id)) continue;
      printed.add(event.id);
      say(`${new Date(event.atMs).toISOString()} ${event.text}`);
    }
    return ended.has(run.status) ? run : null;
  };
  return poll({ ...every(pollMs), signal }, look).catch((reason) => {
    if (signal.aborted) say(`The run continues. Follow it: runs show ${runId} --wait`);
    throw reason;
  });
}

/** Throws AppError('invalid_input') for what is no page. */
function pageOf(text: string | undefined): { page?: number } {
  if (text === undefined) return {};
  const page = Number(text) - 1;
  if (Number.isInteger(page) && page >= 0) return { page };
  throw new AppError('invalid_input', `"${text.slice(0, 20)}" is no page. Pages are numbers from 1.`);
}

/** A run as text for people. */
export function drawRun(run: RunView): string {
  const units = table(
    ['Unit', 'Status', 'Attempt', 'Steps done', 'Gap', 'Failure'],
    run.units.map((item) => [
      unitInWords(item.unit),
      item.status,
      item.attempt,
      stepsDone(item),
      gapText(item.gapMs, item.missing !== null),
      item.failure,
    ]),
  );
  return [
    `${run.strategy} of ${run.customerId}, ${run.fromDay} up to ${run.toDay} (exclusive, ${run.timeZone}): ${run.status}`,
    `Run ${run.id}, started by ${run.startedBy}${run.reason ? `: ${run.reason}` : ''}`,
    '',
    units,
    ...(run.page.of > 1 ? [`Page ${run.page.at + 1} of ${run.page.of}; another one with --page.`] : []),
    '',
    ...(run.pause
      ? [
          `${pauseWords[run.pause.cause]} since ${new Date(run.pause.atMs).toISOString()} (${run.pause.by}): ${run.pause.reason}`,
        ]
      : []),
    ...(run.stay
      ? [
          `${run.stay.by} looks at how to cancel: no delete begins until ${new Date(run.stay.untilMs).toISOString()} at the latest.`,
        ]
      : []),
    ...(run.result ? [run.result] : []),
    run.next,
    ...(run.offers.length > 0 ? ['', drawOffers(run)] : []),
  ].join('\n');
}

const pauseWords: Record<PauseCause, string> = {
  person: 'Paused',
  hold: 'Held',
  campaign: 'Paused by its campaign',
  'stop everything': 'Everything is stopped',
};

const stepsDone = (item: ItemView) =>
  item.steps
    .filter((step) => step.status === 'done')
    .map((step) => step.step)
    .join(', ') || null;
