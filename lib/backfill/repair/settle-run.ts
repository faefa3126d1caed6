import type { Transaction } from '@/lib/postgres/client';
import { runStatusOf } from '../state/controls';
import { type ItemEvent, type ItemState, next } from '../state/machine';
import type { RunStatus } from '../state/model';
import { selectItemStatuses, updateItem } from '../state/sql/items';
import { insertEvent } from '../state/sql/runs';
import { setRunStatus } from './set-run-status';

/** A day as it was read under its run's lock. */
type Item = { id: string; state: ItemState; version: number; claim: string | null };

/**
 * Applies an event that a person brought to a day. Returns its new state, or null where the event cannot happen to it.
 */
export async function changeUnit(tx: Transaction, item: Item, event: ItemEvent): Promise<ItemState | null> {
  const state = next(item.state, event);
  if (state)
    await tx.query(updateItem, {
      itemId: item.id,
      version: item.version,
      claim: item.claim,
      state: JSON.stringify(state),
      evidence: '{}',
      marks: [],
      newClaim: null,
      gapFromMs: null,
    });
  return state;
}

/** Cancels the days that have not begun. */
export async function cancelPlanned(
  tx: Transaction,
  runId: string,
  items: readonly Item[],
  sentence: string,
): Promise<void> {
  for (const item of items.filter(({ state }) => state.status === 'planned'))
    if (await changeUnit(tx, item, { kind: 'stop', sentence }))
      await tx.query(insertEvent, { runId, itemId: item.id, kind: 'cancelled', text: sentence, numbers: '{}' });
}

/** Brings the run's status in line with its days and returns it; the caller holds the run's lock. */
export async function settleRun(tx: Transaction, runId: string): Promise<RunStatus> {
  const status = runStatusOf(await tx.query(selectItemStatuses, { runId }));
  await setRunStatus(tx, runId, status);
  return status;
}
