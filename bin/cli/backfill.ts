import { type Command, Option } from 'commander';
import { approvalOfPlan } from '@/lib/approvals/list-approvals';
import { approvalSentence } from '@/lib/approvals/state-model';
import { askApproval } from '@/lib/backfill/control/ask-approval';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { type UnitChoice, unitChoices } from '@/lib/backfill/state/choice-model';
import type { StartBackfill } from '@/lib/backfill/state/command-model';
import { type RepairStrategy, repairStrategies } from '@/lib/backfill/state/name-model';
import { type Plan, type RepairPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { agree, count, formatNumber } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { sayPlanStep } from './plan-steps';
import { drawRun, waitForRun } from './runs';
import { bounded, type RangeOptions, readRange, type Session, withSession } from './session';

type Options = RangeOptions & {
  strategy?: RepairStrategy;
  units: UnitChoice;
  allDays?: boolean;
  json?: boolean;
  planHash?: string;
  reason?: string;
  confirm?: string[];
  wait?: boolean;
  askApproval?: boolean;
};

/** `plan` and `backfill`: the preview, and the run of exactly that preview. */
export function addBackfillCommands(program: Command): void {
  ranged(
    program.command('plan').description('show what a backfill would do, with its pre-checks; changes nothing'),
  ).action((argument: string | undefined, options: Options) =>
    withSession(
      async (session) => {
        const plan = await makePlan(session, argument, options);
        show(plan, options.json === true, drawPlan);
        return plan.checks.some((check) => check.verdict === 'fail') ? exitCodes.notGood : exitCodes.done;
      },
      { permission: 'backfill.plan' },
    ),
  );

  ranged(program.command('backfill').description('repair the labels of a customer, unit by unit'))
    .option('--plan-hash <hash>', 'run the plan with this hash or refuse; by default the plan made now')
    .option('--reason <text>', 'why, for the audit')
    .option('--confirm <id...>', 'confirm these pre-checks, which are unknown')
    .option('--ask-approval', 'above the row threshold: ask a second person to approve exactly this plan')
    .option('--wait', 'follow the run until it ends; exit code 5 unless it ends verified')
    .action((argument: string | undefined, options: Options) =>
      withSession(
        async (session) => {
          const plan = await makePlan(session, argument, options);
          say(drawPlan(plan));
          const { customerId, fromDay, toDay, strategy } = plan;
          const request = {
            customerId,
            fromDay,
            toDay,
            strategy,
            units: options.units,
            onlyAffected: !options.allDays,
            planHash: options.planHash ?? plan.hash,
            reason: options.reason ?? '',
            confirmed: options.confirm?.flatMap((ids) => ids.split(',')) ?? [],
          };
          if (plan.needsApproval && !(await isApproved(session, request, options))) return exitCodes.needsApproval;
          const { runId } = await startBackfill(session.ctx, request, session.actor);
          if (!options.wait) {
            show({ runId }, options.json === true, () => `Started run ${runId}. Follow it: runs show ${runId}`);
            return exitCodes.done;
          }
          const run = await waitForRun(session, runId);
          show({ runId, ...run }, options.json === true, () => drawRun(run));
          return run.status === 'verified' ? exitCodes.done : exitCodes.notGood;
        },
        {
          permission: 'backfill.run',
          input: {
            customerId: argument ?? options.customer,
            reason: options.reason,
            planHash: options.planHash,
          },
        },
      ),
    );
}

/** Whether the plan is approved. If not, prints the state of the request, which `--ask-approval` makes first. */
async function isApproved({ ctx, actor }: Session, request: StartBackfill, options: Options): Promise<boolean> {
  if (options.askApproval) await askApproval(ctx, request, actor);
  const approval = await approvalOfPlan(ctx, { kind: 'backfill', planHash: request.planHash }, actor);
  if (approval?.state === 'approved') return true;
  show({ needsApproval: true, planHash: request.planHash, approval }, options.json === true, () =>
    approval
      ? `Not started. Approval ${approval.id} is ${approval.state}: ${approvalSentence(approval)}${
          approval.state === 'waiting' ? ' It starts by itself once it is approved.' : ''
        }${approval.usedBy ? ` Follow it: runs show ${approval.usedBy}` : ''}`
      : 'Not started. A second person must first approve exactly this plan. Ask with --ask-approval --reason "why".',
  );
  return false;
}

function ranged(command: Command): Command {
  return command
    .argument('[customer]')
    .option('--customer <id>', 'the same as the argument')
    .option('--day <day>', 'one day of the customer, YYYY-MM-DD')
    .option('--from <day>', 'first day, inclusive; by default the newest day with data')
    .option('--to <day>', 'last day, exclusive; by default the day after --from')
    .addOption(new Option('--strategy <name>', 'how to repair; by default as recommended').choices(repairStrategies))
    .addOption(
      new Option('--units <choice>', 'how days are put together: joined, day by day, or tight around large days')
        .choices(unitChoices)
        .default('joined'),
    )
    .option('--all-days', 'also days without affected conversations')
    .option('--json', 'JSON for programs');
}

async function makePlan(session: Session, argument: string | undefined, options: Options): Promise<RepairPlan> {
  await refuseWhileStopped(session.ctx.db);
  const { customer, fromDay, toDay } = await readRange(session, argument, options);
  const { strategy, units } = options;
  const onlyAffected = !options.allDays;
  return planBackfill(
    bounded(session),
    { customerId: customer.id, fromDay, toDay, strategy, units, onlyAffected },
    sayPlanStep(),
  );
}

/** A plan as text for people. */
function drawPlan(plan: Plan): string {
  const units = table(
    ['Unit', 'Delete', 'Relabel', 'Will change', 'Orphans deleted', 'Open ones that lose their label'],
    workedUnits(plan).map((unit) => [
      unitInWords(unit.unit),
      unit.rowsToDelete,
      unit.conversationsToRelabel,
      unit.conversationsThatChange,
      unit.orphansThatGo,
      unit.openThatLoseLabel,
    ]),
  );
  const checks = table(
    ['Pre-check', 'Verdict', 'Found'],
    plan.checks.map((check) => [`${check.title} (${check.id})`, check.verdict, check.sentence]),
  );
  const skipped = plan.units.length - workedUnits(plan).length;
  const changed = plan.expectedActiveDays.filter((row) => row.before !== row.expected);
  return [
    `${plan.strategy} of ${plan.customerId}, ${plan.fromDay} up to ${plan.toDay} (exclusive, ${plan.timeZone}), ${plan.labelsTable}`,
    '',
    units,
    ...(skipped > 0 ? [`${count(skipped, 'day')} ${agree(skipped, 'needs', 'need')} nothing.`] : []),
    ...(plan.recommended ? ['', `Recommended: ${plan.recommended.sentence}`] : []),
    '',
    checks,
    '',
    `Active Days will change for ${formatNumber(changed.length)} agents. About ${Math.ceil(plan.expectedSeconds)} s.`,
    `Plan ${plan.hash}`,
  ].join('\n');
}
