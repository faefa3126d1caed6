import { describe, expect, it } from 'vitest';
import { controlsOf, next, runStatusOf } from '@/lib/backfill/machine';
import type { ItemStatus } from '@/lib/backfill/model';
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

describe('the controls of a run', () => {
  it('offers both cancels while it runs, and resume once one was asked for', () => {
    expect(controlsOf({ status: 'running', cancelAfter: null }, [working('deleting')])).toEqual([
      'cancel after step',
      'cancel after day',
    ]);
    expect(controlsOf({ status: 'running', cancelAfter: 'day' }, [working('deleting')])).toEqual([
      'cancel after step',
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
