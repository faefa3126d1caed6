import { shiftDay } from '@/lib/day-text';
import { instruments } from '@/lib/metrics/instruments';
import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import type { RunStatus } from '../state/model';
import { type ChangedRun, updateRunStatus } from '../state/sql/run-status';
import { labelsAre } from '../state/states';

/**
 * Sets the status of a run; the caller holds its lock. People hear of it in the same transaction when the run comes to
 * need attention, and when it does not any more.
 */
export async function setRunStatus(tx: Transaction, runId: string, status: RunStatus): Promise<void> {
  const [changed] = await tx.query(updateRunStatus, { runId, status });
  if (!changed) return;
  const { strategy, seconds } = changed;
  if (seconds !== null) tx.onceSaved(() => instruments.runSeconds.observe({ strategy, outcome: status }, seconds));
  const caseKey = `run ${runId}`;
  if (status === 'needs attention')
    await announce(tx, { ...happeningOf(changed), caseKey, path: `/backfills/${runId}` });
  else if (changed.was === 'needs attention') await resolveCase(tx, caseKey, `${nameOf(changed)} ${become[status]}`);
}

const become: Record<Exclude<RunStatus, 'needs attention'>, string> = {
  queued: 'goes on.',
  running: 'goes on.',
  verified: 'is verified.',
  cancelled: 'was cancelled.',
  closed: 'was closed.',
};

function nameOf({ strategy, customerId, fromDay, toDay }: ChangedRun): string {
  const last = shiftDay(toDay, -1);
  const days = last === fromDay ? fromDay : `${fromDay} to ${last}`;
  return `The ${strategy === 'undo' ? 'undo' : 'backfill'} of ${customerId}, ${days},`;
}

function happeningOf(run: ChangedRun) {
  const isMissing = run.labels !== null && labelsAre[run.labels].isMissing;
  return {
    event: 'run needs attention' as const,
    customerId: run.customerId,
    title: `${nameOf(run)} ${isMissing ? 'stopped while labels are missing' : 'needs a decision'}.`,
    lines: [run.failure ?? '', 'Its page says what can be done now.'].filter((line) => line !== ''),
  };
}
