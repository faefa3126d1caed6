import type { PgBoss } from 'pg-boss';
import { type Pause, type PauseCause, type Stop, stopAsPause } from '@/lib/holds/model';
import type { Transaction } from '@/lib/postgres/client';
import type { RunStatus } from '../state/model';
import { isWorking } from '../state/name-model';
import { selectItems } from '../state/sql/items';
import { insertEvent, lockRun, updatePause } from '../state/sql/runs';
import { sendItem } from './queue';

const active: RunStatus[] = ['queued', 'running'];

/**
 * Pauses a run from its next boundary on: between units, and before a delete. The worker goes on between a delete and
 * its relabel. A pause by a person replaces any other, and none replaces a person's. One by the campaign replaces a
 * hold: the numbers are looked at again once it ends. Returns whether the run is now paused for this reason. The caller
 * writes the audit where a person asked.
 */
export async function pauseRun(tx: Transaction, { runId, pause }: { runId: string; pause: Pause }): Promise<boolean> {
  const [run] = await tx.query(lockRun, { runId });
  if (!run || !active.includes(run.status)) return false;
  const replaces = pause.cause === 'person' || (pause.cause === 'campaign' && run.pause?.cause === 'hold');
  if (run.pause && !replaces) return run.pause.cause === pause.cause;
  await tx.query(updatePause, { runId, pause: JSON.stringify(pause) });
  await tx.query(insertEvent, { runId, itemId: null, kind: 'pause', text: pauseSentence(pause), numbers: '{}' });
  return true;
}

/**
 * Ends a pause of one of these causes and sends the unit that is due to the workers. Returns whether there was one. It
 * does not lift "stop everything": the unit then waits until that is lifted.
 */
export async function resumeRun(
  tx: Transaction,
  boss: PgBoss,
  { runId, causes, text }: { runId: string; causes: readonly PauseCause[]; text: string },
): Promise<boolean> {
  const [run] = await tx.query(lockRun, { runId });
  if (!run?.pause || !causes.includes(run.pause.cause)) return false;
  await tx.query(updatePause, { runId, pause: null });
  await tx.query(insertEvent, { runId, itemId: null, kind: 'resume', text, numbers: '{}' });
  if (active.includes(run.status)) await sendDue(tx, boss, { runId, customerId: run.customerId });
  return true;
}

/** Sends the unit that is due next, if any. A unit that is sent twice is driven once. */
export async function sendDue(
  tx: Transaction,
  boss: PgBoss,
  { runId, customerId }: { runId: string; customerId: string },
): Promise<void> {
  const items = await tx.query(selectItems, { runId });
  const due =
    items.find(({ state }) => isWorking(state.status)) ?? items.find(({ state }) => state.status === 'planned');
  if (due) await sendItem(boss, tx, { itemId: due.id, customerId });
}

/** Why a run waits, as its events and its page say it. */
export function pauseSentence({ cause, by, reason }: Pause): string {
  switch (cause) {
    case 'person':
      return `${by} paused the run: ${reason}`;
    case 'hold':
      return `Held: ${reason}`;
    case 'campaign':
      return `Its campaign is paused: ${reason}`;
    case 'stop everything':
      return `${by} stopped everything: ${reason}`;
  }
}

/** What an active run waits for: "stop everything" comes before its own pause. One that stopped waits for a person. */
export function pauseOf(run: { status: RunStatus; pause: Pause | null; stop: Stop | null }): Pause | null {
  if (!active.includes(run.status) && run.status !== 'needs attention') return null;
  if (run.stop) return stopAsPause(run.stop);
  return run.status === 'needs attention' ? null : run.pause;
}
