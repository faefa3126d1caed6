import { isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { PreCheck, UnitPlan } from '../state/plan-model';
import { chatsCheck } from './checks/chats';
import { type Check, type CheckInput, toPreCheck, unknown } from './checks/input';
import { jobAcceptedCheck, rangeColumnCheck, scheduledLabelerCheck } from './checks/labeler';
import {
  edgesCheck,
  endsCheck,
  marginCheck,
  openLabelsCheck,
  orphansCheck,
  profilesCheck,
  relabelOnlyCheck,
} from './checks/scope';
import { columnsCheck, diskCheck, distributionQueueCheck, mutationsCheck, replicasCheck } from './checks/table';
import { backupsCheck, undoAcceptedCheck } from './checks/undo';
import { wayCheck } from './checks/way';

/** What every run needs of the tables, the engine and the labeler. */
const ofTables: Check[] = [
  columnsCheck,
  wayCheck,
  mutationsCheck,
  replicasCheck,
  diskCheck,
  distributionQueueCheck,
  scheduledLabelerCheck,
];

const checks: Check[] = [
  marginCheck,
  profilesCheck,
  edgesCheck,
  chatsCheck,
  endsCheck,
  openLabelsCheck,
  orphansCheck,
  relabelOnlyCheck,
  rangeColumnCheck,
  ...ofTables,
  jobAcceptedCheck,
];

/** An undo reads neither truth nor chats: it brings back what was. */
const undoChecks: Check[] = [backupsCheck, profilesCheck, ...ofTables, undoAcceptedCheck];

/**
 * Runs every pre-check. One that could not look is `unknown`, which is not a pass. `again` is for a worker before each
 * unit: what never stops a run is left out, the labels of the units may still be read meanwhile, and where `mustLook`
 * says so, a failure that passes is thrown, since the worker asks again.
 */
export async function runPreChecks(
  ctx: Context,
  input: CheckInput,
  again: { mustLook(id: string): boolean; units: Promise<UnitPlan[]> } | null = null,
): Promise<PreCheck[]> {
  const all = input.strategy === 'undo' ? undoChecks : checks;
  return Promise.all(
    all
      .filter(({ onlyInforms }) => !(again && onlyInforms))
      .map(async (check) => {
        try {
          const units = again && check.asksLabels ? await again.units : input.units;
          return toPreCheck(check, await check.look(ctx, { ...input, units }));
        } catch (error) {
          if (again?.mustLook(check.id) && isPassing(error)) throw error;
          // NOTE: where nobody waits for the checks any more, what was cut off is no finding.
          if (ctx.clickhouse.bounds.signal?.aborted && !(error instanceof AppError)) throw error;
          if (!(error instanceof AppError))
            ctx.log.error({ err: error, check: check.id }, 'a pre-check could not look');
          const sentence = `This could not be checked. ${sentenceOf(error)} Try again later, or check it yourself and confirm it.`;
          return toPreCheck(check, unknown(sentence, { looked: 0 }));
        }
      }),
  );
}

/** The pre-checks that keep a run from starting: those that fail, and unknown ones that nobody confirmed. */
export function obstacles(checks: readonly PreCheck[], confirmed: readonly string[]): PreCheck[] {
  return checks.filter(
    (check) => check.verdict === 'fail' || (check.verdict === 'unknown' && !confirmed.includes(check.id)),
  );
}
