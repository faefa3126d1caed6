import type { Command } from 'commander';
import { askUndo, startUndo } from '@/lib/backfill/control/start-undo';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { sayPlanStep } from './plan-steps';
import { drawRun, waitForRun } from './runs';
import { bounded, type Session, withSession } from './session';

type Options = { day?: string; json?: boolean; planHash?: string; reason?: string; confirm?: string[]; wait?: boolean };

/** `undo plan | ask | start` brings the label rows of an earlier run back, once a second person approved that plan. */
export function addUndoCommands(program: Command): void {
  const undo = program.command('undo').description('bring back the label rows that a run replaced or deleted');

  ofRun(undo.command('plan').description('show what an undo would delete and bring back; changes nothing')).action(
    (runId: string, options: Options) =>
      withSession(
        async (session) => {
          await refuseWhileStopped(session.ctx.db);
          const plan = await planUndo(bounded(session), { runId, unit: options.day }, sayPlanStep());
          show(plan, options.json === true, drawUndo);
          return plan.checks.some((check) => check.verdict === 'fail') ? exitCodes.notGood : exitCodes.done;
        },
        { permission: 'backfill.plan' },
      ),
  );

  changing(undo.command('ask').description('ask a second person to approve exactly this undo')).action(
    (runId: string, options: Options) =>
      withSession(
        async (session) => {
          const request = await requestOf(session, runId, options);
          const { approvalId } = await askUndo(session.ctx, request, session.actor);
          const answer = { approvalId, planHash: request.planHash };
          show(
            answer,
            options.json === true,
            () =>
              `Asked for approval ${approvalId} of plan ${request.planHash}. It starts by itself once it is approved.`,
          );
          return undefined;
        },
        { permission: 'backfill.run', input: { runId } },
      ),
  );

  changing(undo.command('start').description('start the approved undo, if it has not started by itself'))
    .option('--wait', 'follow the run until it ends; exit code 5 unless it ends verified')
    .action((runId: string, options: Options) =>
      withSession(
        async (session) => {
          const started = await startUndo(session.ctx, await requestOf(session, runId, options), session.actor);
          if (!options.wait) {
            show(started, options.json === true, () => `Started run ${started.runId}.`);
            return exitCodes.done;
          }
          const run = await waitForRun(session, started.runId);
          show({ runId: started.runId, ...run }, options.json === true, () => drawRun(run));
          return run.status === 'verified' ? exitCodes.done : exitCodes.notGood;
        },
        { permission: 'backfill.run', input: { runId } },
      ),
    );
}

const ofRun = (command: Command): Command =>
  command
    .argument('<run>')
    .option('--day <day>', 'the unit of this day, YYYY-MM-DD; by default every unit with a backup')
    .option('--json', 'JSON for programs');

const changing = (command: Command): Command =>
  ofRun(command)
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--plan-hash <hash>', 'start the undo with this hash or refuse; by default the one planned now')
    .option('--confirm <id...>', 'confirm these pre-checks, which are unknown');

async function requestOf(session: Session, runId: string, options: Options) {
  await refuseWhileStopped(session.ctx.db);
  const plan = await planUndo(bounded(session), { runId, unit: options.day }, sayPlanStep());
  say(drawUndo(plan));
  return {
    runId,
    unit: options.day,
    planHash: options.planHash ?? plan.hash,
    reason: options.reason ?? '',
    confirmed: options.confirm?.flatMap((ids) => ids.split(',')) ?? [],
  };
}

function drawUndo(plan: Plan): string {
  return [
    `undo of run ${plan.undoOf?.runId ?? ''}: ${plan.customerId}, ${plan.timeZone}, ${plan.labelsTable}`,
    '',
    table(
      [
        'Unit',
        'Rows deleted',
        'Rows come back',
        'Backed up',
        'Bytes',
        'Will differ from the truth',
        'Without a label',
        'Skipped because',
      ],
      plan.units.map(({ unit, rowsToDelete, undo, skip }) => [
        unitInWords(unit),
        rowsToDelete,
        undo?.rows ?? null,
        undo?.backedUpAtMs ? new Date(undo.backedUpAtMs).toISOString() : null,
        undo?.bytes ?? null,
        undo?.differAfter ?? null,
        undo?.missingAfter ?? null,
        skip,
      ]),
    ),
    '',
    table(
      ['Pre-check', 'Verdict', 'Found'],
      plan.checks.map((check) => [`${check.title} (${check.id})`, check.verdict, check.sentence]),
    ),
    '',
    `Plan ${plan.hash}`,
  ].join('\n');
}
