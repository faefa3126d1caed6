import { describe, expect, it } from 'vitest';
import { type ItemState, next, planned } from '@/lib/backfill/state/machine';
import {
  type ItemStatus,
  isWorking,
  repairStrategies,
  type Strategy,
  stepNames,
  strategyNames,
  strategyTitles,
  type WorkStatus,
  workStatuses,
} from '@/lib/backfill/state/name-model';
import { labelsAre, states } from '@/lib/backfill/state/states';
import { type OngoingDay, stopAfterStep, stopHere } from '@/lib/backfill/state/stops';
import { strategies, strategyOffers } from '@/lib/backfill/state/strategies';
import { labelsIn, pathOf } from '@/lib/backfill/state/ways';
import { loadConfig } from '@/lib/config';
import { base, event } from './machine-states';

describe('the tables', () => {
  const sentence = /^[A-Z].*\.$/;
  const sums = {
    ...{ days: 2, rowsToDelete: 1_204, conversationsToRelabel: 1_204, conversationsThatChange: 17 },
    ...{ rowsThatComeBack: 1_204, differAfter: 17 },
  };
  const way = (strategy: Strategy) => ({ strategy, hasRows: true });

  it.each(workStatuses)('say everything of %s, which is a state of some strategy', (status) => {
    const { step, doing, does, fails, labels } = states[status];
    expect(strategyNames.some((strategy) => pathOf(way(strategy)).includes(status))).toBe(true);
    expect(stepNames).toContain(step);
    for (const words of [doing, does, fails]) expect(words).toMatch(sentence);
    expect(Object.keys(labels)).toEqual(['beforeJob', 'failed', 'stopped']);
  });

  it.each(strategyNames)('say everything of %s', (strategy) => {
    const { path, deletes, beforeDelete, action, summary, meanwhile, leftWritten } = strategies[strategy];
    expect(Object.keys(path)).toEqual(pathOf(way(strategy)));
    expect([pathOf(way(strategy)).at(0), pathOf(way(strategy)).at(-1)]).toEqual(['checking', 'verifying']);
    for (const words of [...Object.values(path), meanwhile, leftWritten('4 Feb')]) expect(words).toMatch(sentence);
    expect(summary(sums)).toMatch(/\.$/);
    for (const words of [strategyTitles[strategy], action(sums)]) expect(words).toMatch(/^[A-Z][^.]*$/);
    const deleting = pathOf(way(strategy)).filter((status) => states[status].job === 'deletes');
    expect(deleting).toHaveLength(deletes === null ? 0 : 1);
    expect(beforeDelete === null).toBe(deletes === null);
  });

  it.each(strategyNames)(
    'have %s back up before it changes anything, and miss no label unless it leaves a gap',
    (strategy) => {
      const path = pathOf(way(strategy));
      const changing = path.findIndex((status) => ['deletes', 'writes'].includes(states[status].job ?? ''));
      expect(path.indexOf('backing up')).toBeLessThan(changing);
      const moments = ['beforeJob', 'failed', 'stopped'] as const;
      const isMissing = path.some((status) =>
        moments.some((when) => labelsAre[labelsIn(way(strategy), status, when)].isMissing),
      );
      expect(isMissing).toBe(strategies[strategy].leavesGap);
    },
  );

  it('offer every repair or say why not, whatever the label key and the labeler', () => {
    const { labeler } = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere' });
    for (const keyIsMutable of [true, false])
      for (const rangeColumn of ['created_at', 'ended_at'] as const) {
        const offers = strategyOffers({ keyIsMutable, keyText: '(a)' }, { ...labeler, rangeColumn });
        expect(offers.map(({ strategy }) => strategy)).toEqual(repairStrategies);
        expect(offers.some(({ possible }) => possible)).toBe(true);
        for (const offer of offers) expect(offer.sentence).toMatch(sentence);
      }
  });
});

describe('a strategy', () => {
  const walk = (state: ItemState): ItemStatus[] => {
    const kind = isWorking(state.status) ? states[state.status].ends : 'begin';
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

  it('restores only after the delete is over, and from there says that labels are missing', () => {
    const path = pathOf(planned('undo', 50));
    expect(path.slice(2)).toEqual(['backing up', 'deleting', 'waiting for mutation', 'restoring', 'verifying']);
    const day: OngoingDay = { state: at('undo', 'restoring'), begun: ['delete'] };
    expect(stopHere(day, 'step')).toBeNull();
    expect(stopAfterStep({ ...day, state: at('undo', 'waiting for mutation') })).toBeNull();
    expect(stopHere({ state: at('undo', 'deleting'), begun: [] }, 'step')).toBe('in place');
  });

  it('never closes a half restored day but through a relabel or another undo', () => {
    const state = stopped('undo', 'restoring');
    expect(state).toMatchObject({ labels: 'half deleted' });
    expect(next(state, event('close'))).toBeNull();
    const relabelled = next(state, event('relabel only'));
    expect(relabelled && walk(relabelled)).toEqual(['verifying', 'verified']);
    expect(next(state, event('retry'))).toMatchObject({ status: 'deleting', attempt: 3, deletingRest: true });
  });
});
