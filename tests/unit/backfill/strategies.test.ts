import { describe, expect, it } from 'vitest';
import { type ItemEvent, type ItemState, next, planned } from '@/lib/backfill/state/machine';
import type { ItemStatus, WorkStatus } from '@/lib/backfill/state/states';
import { pathOf, type Strategy, strategyNames } from '@/lib/backfill/state/strategies';
import { base, event } from './machine-states';

describe('a strategy', () => {
  const happy: Record<WorkStatus, ItemEvent['kind']> = {
    checking: 'checked',
    snapshot: 'snapshot taken',
    'backing up': 'backed up',
    deleting: 'delete seen',
    'waiting for mutation': 'rows gone',
    'deleted, not relabelled': 'relabel begun',
    relabelling: 'relabelled',
    proving: 'proved',
    restoring: 'restored',
    verifying: 'counted',
  };
  const walk = (state: ItemState): ItemStatus[] => {
    const kind = state.status === 'planned' ? 'begin' : happy[state.status as WorkStatus];
    const after = next(state, event(kind));
    if (!after) throw new Error(`${state.status} leads nowhere`);
    return after.status === 'verified' ? ['verified'] : [after.status, ...walk(after)];
  };

  it.each(strategyNames)('%s goes through its own steps in order and ends verified', (strategy) => {
    const state = planned(strategy, 50);
    expect(walk(state)).toEqual([...pathOf(state), 'verified']);
  });

  it('writes and proves the right rows before no-gap deletes anything, and backs up before it writes', () => {
    const path = pathOf(planned('no-gap', 50));
    const order = ['backing up', 'relabelling', 'proving', 'deleting', 'waiting for mutation', 'verifying'] as const;
    expect(path.filter((status) => (order as readonly string[]).includes(status))).toEqual(order);
  });

  it.each(strategyNames)('%s of a day without label rows backs up, deletes and proves nothing', (strategy) => {
    const path = pathOf(planned(strategy, 0));
    expect(walk(planned(strategy, 0))).toEqual([...path, 'verified']);
    expect(path.filter((status) => ['backing up', 'deleting', 'proving'].includes(status))).toEqual([]);
  });

  const at = (strategy: Strategy, status: WorkStatus): ItemState => ({
    ...base,
    strategy,
    status,
  });
  const stopped = (strategy: Strategy, failedIn: WorkStatus): ItemState => {
    const state = next(at(strategy, failedIn), event('failed'));
    if (state?.status !== 'needs attention') throw new Error(failedIn);
    return state;
  };

  it('never calls labels of a no-gap day missing, wherever it stops, so that it may be closed', () => {
    for (const status of pathOf(at('no-gap', 'checking'))) {
      expect(stopped('no-gap', status)).toMatchObject({ labels: expect.stringMatching(/in place|written/) });
      expect(next(stopped('no-gap', status), event('close'))?.status).toBe('cancelled');
    }
  });

  it('proves anew before a retry of a no-gap delete, and deletes nothing where no row is wrong', () => {
    for (const status of ['deleting', 'waiting for mutation'] as const)
      expect(next(stopped('no-gap', status), event('retry'))).toMatchObject({ status: 'proving', attempt: 3 });
    expect(next(at('no-gap', 'proving'), { kind: 'proved', list: null })?.status).toBe('verifying');
  });

  it('never relabels before the day is backed up', () => {
    for (const status of ['checking', 'snapshot', 'backing up'] as const)
      for (const strategy of strategyNames) expect(next(stopped(strategy, status), event('relabel only'))).toBeNull();
  });

  it('never closes a half restored day but through a relabel or another undo', () => {
    const state = stopped('undo', 'restoring');
    expect(state).toMatchObject({ labels: 'half deleted' });
    expect(next(state, event('close'))).toBeNull();
    const relabelled = next(state, event('relabel only'));
    expect(relabelled && walk(relabelled)).toEqual(['verifying', 'verified']);
  });
});
