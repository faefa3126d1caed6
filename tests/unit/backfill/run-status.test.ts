import { describe, expect, it } from 'vitest';
import { isCancel } from '@/lib/backfill/state/choice-model';
import { controlsOf, runStatusOf } from '@/lib/backfill/state/controls';
import { type ItemState, next } from '@/lib/backfill/state/machine';
import type { ItemStatus, StepName } from '@/lib/backfill/state/name-model';
import type { PauseCause } from '@/lib/holds/model';
import { event, states, working } from './machine-states';

describe('the status of a run', () => {
  it.each<[ItemStatus[], string]>([
    [['planned', 'planned'], 'queued'],
    [['skipped', 'planned'], 'queued'],
    [['checking', 'planned'], 'running'],
    [['verified', 'planned'], 'running'],
    [['verified', 'needs attention', 'planned'], 'needs attention'],
    [['verified', 'skipped'], 'verified'],
    [['verified', 'cancelled'], 'cancelled'],
    [['cancelled', 'skipped'], 'cancelled'],
  ])('of days %j is %s', (items, status) => {
    expect(runStatusOf(items)).toBe(status);
  });
});

const pauseBy = (cause: PauseCause) => ({ cause, by: 'olga', reason: 'lunch', atMs: 0 });

describe('the controls of a run', () => {
  const run = { status: 'running', cancelAfter: null } as const;
  const cancelsOf = (...[items, begun]: [ItemState[], StepName[]?]) => controlsOf(run, items, begun).filter(isCancel);

  it('offers a pause once, and then to go on, first; while everything is stopped neither', () => {
    expect(controlsOf(run, [working('backing up')]).at(-1)).toBe('pause');
    for (const cause of ['person', 'hold', 'campaign'] as const) {
      const controls = controlsOf({ ...run, pause: pauseBy(cause) }, [states.planned as ItemState]);
      expect(controls).toEqual(['resume', 'cancel after step', 'cancel after day']);
    }
    const stopped = { ...run, pause: pauseBy('stop everything') };
    expect(controlsOf(stopped, [states.planned as ItemState])).toEqual(['cancel after step', 'cancel after day']);
    const waits = { ...stopped, status: 'needs attention' as const };
    expect(controlsOf(waits, [states['attention gone'] as ItemState])).toEqual([]);
    expect(controlsOf(waits, [states['attention written'] as ItemState])).toEqual(['close']);
  });

  it('offers the safe cancel first, and a stop without labels only where the delete was begun', () => {
    expect(cancelsOf([working('backing up')])).toEqual(['cancel after step', 'cancel after day']);
    expect(cancelsOf([working('deleting')])).toEqual(['cancel after step', 'cancel after day']);
    for (const status of ['deleting', 'waiting for mutation', 'deleted, not relabelled'] as const)
      expect(cancelsOf([working(status)], ['delete'])).toEqual(['cancel after day', 'cancel after delete']);
    expect(cancelsOf([working('relabelling')], ['delete', 'relabel'])).toEqual([
      'cancel after day',
      'cancel after step',
    ]);
    expect(cancelsOf([working('verifying')], ['delete', 'relabel'])).toEqual(['cancel after day']);
  });

  it('offers resume once a cancel was asked for', () => {
    expect(controlsOf({ ...run, cancelAfter: 'day' }, [working('deleting')], ['delete'])).toEqual([
      'cancel after delete',
      'resume',
    ]);
  });

  it('offers exactly what the machine allows while it needs a person', () => {
    for (const state of Object.values(states).filter((one) => one.status === 'needs attention')) {
      const offered = controlsOf({ status: 'needs attention', cancelAfter: null }, [state]);
      const allowed = (['resume', 'retry', 'relabel only', 'close'] as const).filter((kind) =>
        next(state, event(kind)),
      );
      expect(offered).toEqual(allowed);
    }
  });

  it('offers nothing once it is over', () => {
    for (const status of ['verified', 'cancelled', 'closed'] as const)
      expect(controlsOf({ status, cancelAfter: null }, [])).toEqual([]);
  });
});
