import { AppError, messageOf } from '@/lib/errors';
import type { Context } from '@/lib/server/context';
import { chatsCheck } from './checks/chats';
import { type Check, type CheckInput, toPreCheck, unknown } from './checks/input';
import { jobAcceptedCheck, rangeColumnCheck, scheduledLabelerCheck } from './checks/labeler';
import { edgesCheck, marginCheck, openLabelsCheck, profilesCheck, relabelOnlyCheck } from './checks/scope';
import { diskCheck, distributionQueueCheck, mutationsCheck, replicasCheck } from './checks/table';
import type { PreCheck } from './model';

const checks: Check[] = [
  marginCheck,
  profilesCheck,
  edgesCheck,
  chatsCheck,
  openLabelsCheck,
  relabelOnlyCheck,
  rangeColumnCheck,
  mutationsCheck,
  replicasCheck,
  diskCheck,
  distributionQueueCheck,
  scheduledLabelerCheck,
  jobAcceptedCheck,
];

/** Every pre-check of DESIGN and FACTS 22; one that could not look is `unknown`, which is not a pass. */
export async function runPreChecks(ctx: Context, input: CheckInput): Promise<PreCheck[]> {
  return Promise.all(
    checks.map(async (check) => {
      try {
        return toPreCheck(check, await check.look(ctx, input));
      } catch (error) {
        if (!(error instanceof AppError)) ctx.log.error({ err: error, check: check.id }, 'a pre-check could not look');
        const why =
          error instanceof AppError
            ? error.message
            : `ClickHouse or the console answered: ${messageOf(error).slice(0, 200)}`;
        return toPreCheck(check, unknown(`This could not be looked at. ${why}`));
      }
    }),
  );
}

/** What stands in the way of a run: failed checks, and unknown ones that nobody confirmed. */
export function obstacles(checks: readonly PreCheck[], confirmed: readonly string[]): PreCheck[] {
  return checks.filter(
    (check) => check.verdict === 'fail' || (check.verdict === 'unknown' && !confirmed.includes(check.id)),
  );
}
