import { describe, expect, it } from 'vitest';
import { controlsOf, runStatusOf } from '@/lib/backfill/state/controls';
import { next } from '@/lib/backfill/state/machine';
import type { ItemStatus } from '@/lib/backfill/state/states';
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
  const run = { status: 'running', cancelAfter: null } as const;

  it('offers the safe cancel first, and a stop without labels only where the delete was begun', () => {
    expect(controlsOf(run, [working('backing up')])).toEqual(['cancel after step', 'cancel after day']);
    expect(controlsOf(run, [working('deleting')])).toEqual(['cancel after step', 'cancel after day']);
    for (const status of ['deleting', 'waiting for mutation', 'deleted, not relabelled'] as const)
      expect(controlsOf(run, [working(status)], ['delete'])).toEqual(['cancel after day', 'cancel after delete']);
    expect(controlsOf(run, [working('relabelling')], ['delete', 'relabel'])).toEqual([
      'cancel after day',
      'cancel after step',
    ]);
    expect(controlsOf(run, [working('verifying')], ['delete', 'relabel'])).toEqual(['cancel after day']);
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
