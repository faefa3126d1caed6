import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { pauseCauses } from '@/lib/holds/model';
import type { Transaction } from '@/lib/postgres/client';
import { pauseOf, pauseRun, resumeRun, sendDue } from '../repair/pause-run';
import { backfillQueue, sendItem } from '../repair/queue';
import { setRunStatus } from '../repair/set-run-status';
import { cancelPlanned, changeUnit, settleRun } from '../repair/settle-run';
import { type CancelPoint, type Control, cancelPoints } from '../state/choice-model';
import { ControlRun } from '../state/command-model';
import type { ItemEvent } from '../state/machine';
import type { ControlOffer } from '../state/model';
import { isWorking } from '../state/name-model';
import { selectItems } from '../state/sql/items';
import { endStay, insertEvent, lockRun, updateCancelAfter, updatePause } from '../state/sql/runs';
import { offersOf } from '../view/offers';

type Items = Awaited<ReturnType<typeof readItems>>;
const readItems = (tx: Transaction, runId: string) => tx.query(selectItems, { runId });

/**
 * Does what a person asks of a run: cancel, pause, resume, retry, relabel only, close. The same transaction writes it
 * and its reason to the audit. Throws AppError('not_found'), or AppError('conflict') that names what is possible now.
 * It is a conflict too where the control would by now do something else than the person saw.
 */
export async function controlRun(ctx: Context, input: ControlRun, actor: Actor): Promise<{ runId: string }> {
  const { runId, control, reason, seen } = ControlRun.parse(input);
  const boss = await backfillQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    const [run] = await tx.query(lockRun, { runId });
    if (!run) throw new AppError('not_found', 'There is no such backfill.');
    const items = await readItems(tx, runId);
    const pause = pauseOf(run);
    const offers = offersOf(
      { ...run, pause },
      items.map((item) => ({ ...item, day: item.unit, missing: null })),
    );
    const offer = offers.find((one) => one.control === control);
    if (!offer) throw notNow(control, run.status, offers);
    if (seen !== undefined && seen !== offer.seen) throw movedOn(offers);
    await recordAudit(tx, actor, {
      action: `backfill.${control.replaceAll(' ', '-')}`,
      customerId: run.customerId,
      subject: `${control} of the run`,
      runId,
      reason,
    });
    if (control === 'pause') {
      await pauseRun(tx, { runId, pause: { cause: 'person', by: actor.name, reason, atMs: ctx.clock.now() } });
      return;
    }
    const text = `${actor.name}: ${offer.verb}. ${reason}`.trim();
    if (control === 'resume' && pause) {
      await resumeRun(tx, boss, { runId, causes: pauseCauses, text });
      return;
    }
    await tx.query(insertEvent, {
      runId,
      itemId: null,
      kind: control,
      text,
      numbers: '{}',
    });
    const after = cancelPointOf(control);
    if (after) {
      await cancel(tx, runId, after, items);
      // NOTE: a unit that waits, its right labels written, has no worker; one comes and stops it.
      if (pause) await sendDue(tx, boss, { runId, customerId: run.customerId });
      return;
    }
    await tx.query(updateCancelAfter, { runId, cancelAfter: null });
    await tx.query(updatePause, { runId, pause: null });
    if (run.status !== 'needs attention') return;
    if (control === 'close') return close(tx, runId, items, `${actor.name} closed it: ${reason}`);
    const kind = goingOn.find((one) => one === control);
    if (!kind) throw new Error(`"${control}" is no control of a stopped run`);
    const itemId = await goOn(tx, items, { kind });
    await settleRun(tx, runId);
    await sendItem(boss, tx, { itemId, customerId: run.customerId });
  });
  return { runId };
}

const goingOn = ['resume', 'retry', 'relabel only'] as const;

const cancelPointOf = (control: Control): CancelPoint | null =>
  cancelPoints.find((point) => control === `cancel after ${point}`) ?? null;

const possibleNow = (offers: ControlOffer[]) =>
  offers.map(({ control, verb, effect }) => `${verb} ("${control}"): ${effect}`).join(' ');

const movedOn = (offers: ControlOffer[]) =>
  new AppError('conflict', `The run has moved on since you looked, so nothing was done. Now: ${possibleNow(offers)}`);

function notNow(control: Control, status: string, offers: ControlOffer[]): AppError {
  const what = offers.length > 0 ? `Possible now: ${possibleNow(offers)}` : 'Nothing is possible any more.';
  return new AppError('conflict', `"${control}" is not possible for a backfill that is "${status}". ${what}`);
}

/** Cancels the rest at once where no day is being worked on; otherwise the worker stops where it was asked to. */
async function cancel(tx: Transaction, runId: string, after: CancelPoint, items: Items): Promise<void> {
  await tx.query(endStay, { runId });
  await tx.query(updatePause, { runId, pause: null });
  await tx.query(updateCancelAfter, { runId, cancelAfter: after });
  if (items.some((item) => isWorking(item.state.status))) return;
  await cancelPlanned(tx, runId, items, 'The run was cancelled before this unit began.');
  await settleRun(tx, runId);
}

async function goOn(tx: Transaction, items: Items, event: ItemEvent): Promise<string> {
  const waiting = items.find((item) => item.state.status === 'needs attention');
  if (!waiting) throw new Error('a run that needs attention has no day that does');
  if (!(await changeUnit(tx, waiting, event)))
    throw new AppError('conflict', `"${event.kind}" is not possible for this unit.`);
  return waiting.id;
}

async function close(tx: Transaction, runId: string, items: Items, sentence: string): Promise<void> {
  await goOn(tx, items, { kind: 'close', sentence });
  await cancelPlanned(tx, runId, items, 'The run was closed before this unit began.');
  await setRunStatus(tx, runId, 'closed');
}
