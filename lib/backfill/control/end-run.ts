import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { sendDue } from '../repair/pause-run';
import { backfillQueue } from '../repair/queue';
import { cancelPlanned, settleRun } from '../repair/settle-run';
import { isWorking } from '../state/name-model';
import { selectItems } from '../state/sql/items';
import { endStay, insertEvent, lockRun, updateCancelAfter, updatePause } from '../state/sql/runs';
import { stopAfterStep } from '../state/stops';

/**
 * Ends a run because its campaign stops: with nothing deleted where the labels of its unit are untouched, else after the
 * unit. A person's pause stays, so a unit that waits before its delete waits until that person resumes the run. Does
 * nothing where the run is over, or is being cancelled already.
 */
export async function endRun(
  ctx: Context,
  { runId, reason }: { runId: string; reason: string },
  actor: Actor,
): Promise<void> {
  const boss = await backfillQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    const [run] = await tx.query(lockRun, { runId });
    if (!run || run.cancelAfter !== null || (run.status !== 'queued' && run.status !== 'running')) return;
    const items = await tx.query(selectItems, { runId });
    const at = items.find(({ state }) => isWorking(state.status));
    const isUntouched = !at || stopAfterStep(at) === 'in place';
    const cancelAfter = isUntouched ? 'step' : 'day';
    const byPerson = run.pause?.cause === 'person';
    await recordAudit(tx, actor, {
      action: `backfill.cancel-after-${cancelAfter}`,
      customerId: run.customerId,
      subject: `cancel after ${cancelAfter} of the run`,
      runId,
      reason,
    });
    const how = isUntouched ? 'The run ends with nothing more deleted.' : 'The run ends after its present unit.';
    const kind = `cancel after ${cancelAfter}`;
    await tx.query(insertEvent, { runId, itemId: null, kind, text: `${reason} ${how}`, numbers: '{}' });
    await tx.query(endStay, { runId });
    await tx.query(updateCancelAfter, { runId, cancelAfter });
    if (!byPerson) await tx.query(updatePause, { runId, pause: null });
    if (!at) {
      await cancelPlanned(tx, runId, items, 'The run was cancelled before this unit began.');
      await settleRun(tx, runId);
    } else if (isUntouched || !byPerson) await sendDue(tx, boss, { runId, customerId: run.customerId });
  });
}
