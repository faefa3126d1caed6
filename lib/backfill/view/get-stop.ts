import type { Context } from '@/lib/context';
import { selectStop } from '@/lib/holds/sql/stops';
import type { ItemState } from '../state/machine';
import { isWorking } from '../state/name-model';
import { type LabelsAre, labelsAre } from '../state/states';
import type { StopView } from '../state/stop-model';
import { labelsIn } from '../state/ways';
import { selectUnitsInWork } from './sql/stop-view';

/** Whether everything is stopped, and what a stop at once leaves, or would leave, of the labels of each unit in work. */
export async function getStop(ctx: Pick<Context, 'db'>): Promise<StopView> {
  const [[stop], rows] = await Promise.all([ctx.db.query(selectStop), ctx.db.query(selectUnitsInWork)]);
  const units = rows.flatMap(({ state, ...row }) => {
    const left = leftOf(state);
    if (left === null) return [];
    const { isMissing } = labelsAre[left];
    return state.status === 'needs attention' && !isMissing ? [] : [{ ...row, status: state.status, left, isMissing }];
  });
  return { stop: stop ?? null, units };
}

function leftOf(state: ItemState): LabelsAre | null {
  if (state.status === 'needs attention') return state.labels;
  return isWorking(state.status) ? labelsIn(state, state.status, 'stopped') : null;
}
