import { describe, expect, it } from 'vitest';
import { isCancel } from '@/lib/backfill/state/choice-model';
import { type ItemState, next, planned, type WaitingUnit } from '@/lib/backfill/state/machine';
import type { StepName } from '@/lib/backfill/state/name-model';
import { isWorking, strategyNames } from '@/lib/backfill/state/name-model';
import { states as facts } from '@/lib/backfill/state/states';
import { mayBeHeldBack, mayPark, stopAfterStep, stopHere, waitsWhere } from '@/lib/backfill/state/stops';
import { pathOf } from '@/lib/backfill/state/ways';
import { type OfferedDay, offersOf, situationOf, withoutTwins } from '@/lib/backfill/view/offers';
import { states, waiting, working } from './machine-states';

const day = (state: ItemState, begun: StepName[] = []): OfferedDay => ({
  day: '2026-02-04',
  state,
  begun,
  missing: null,
});
const running = { status: 'running', cancelAfter: null } as const;
const stopped = { status: 'needs attention', cancelAfter: null } as const;

describe('where a cancelled run stops', () => {
  const begunSteps: StepName[][] = [[], ['delete'], ['delete', 'relabel'], ['restore'], ['relabel']];

  it('is never between delete and relabel unless that was asked for in these words', () => {
    for (const strategy of strategyNames)
      for (const status of pathOf({ strategy, hasRows: true }))
        for (const begun of begunSteps) {
          const at = { state: { ...planned(strategy, 50), backupAttempt: 1, status } as ItemState, begun };
          for (const left of [stopHere(at, 'step'), stopAfterStep(at)])
            expect(['in place', 'written', null]).toContain(left);
          expect(stopHere(at, 'day')).toBeNull();
        }
    expect(stopHere({ state: working('deleted, not relabelled'), begun: ['delete'] }, 'delete')).toBe('gone');
  });

  it('is before the delete as long as its Job was not launched: the day ends untouched', () => {
    const left = stopHere({ state: working('deleting'), begun: [] }, 'step');
    expect(left).toBe('in place');
    expect(next(working('deleting'), { kind: 'stop', sentence: 'Stopped.', labels: 'in place' })?.status).toBe(
      'cancelled',
    );
    expect(stopHere({ state: working('deleting'), begun: ['delete'] }, 'step')).toBeNull();
  });
});

describe('where a paused run waits', () => {
  it('is nowhere that a label is missing, and never once the delete was begun', () => {
    for (const strategy of strategyNames)
      for (const status of ['planned' as const, ...pathOf({ strategy, hasRows: true })])
        for (const begun of [
          [],
          ['relabel'],
          ['delete'],
          ['delete', 'relabel'],
          ['delete', 'restore'],
        ] as StepName[][]) {
          const state = { ...planned(strategy, 50), backupAttempt: 1, status } as ItemState;
          const at = { state, begun };
          const after = next(state, { kind: 'park' });
          if (mayPark(at)) {
            expect(['planned', 'proving'], `${strategy} ${status}`).toContain(after?.status);
            expect(stopHere(at, 'step')).not.toBeNull();
            expect(waitsWhere(at)).not.toBe('after it');
          } else if (after === null) expect(['after it', 'before its delete']).toContain(waitsWhere(at));
          if (mayBeHeldBack(at)) expect(status === 'proving' || mayPark(at)).toBe(true);
          if (status === 'waiting for mutation' || status === 'deleted, not relabelled' || status === 'verifying')
            expect(mayPark(at)).toBe(false);
        }
  });

  it('begins again with new pre-checks and a new backup; before the delete of wrong rows it looks for them again', () => {
    const list = { attempt: 2, rows: 17, hash: '1' };
    for (const status of ['checking', 'snapshot', 'backing up', 'deleting'] as const)
      expect(next(working(status), { kind: 'park' })).toMatchObject({
        status: 'planned',
        attempt: 3,
        backupAttempt: null,
      });
    const proved = { ...working('deleting'), strategy: 'no-gap' as const, wrongRows: list };
    expect(next(proved, { kind: 'park' })).toMatchObject({
      status: 'proving',
      attempt: 3,
      backupAttempt: 1,
      wrongRows: null,
    });
  });
});

describe('the offers of a run', () => {
  it('name the step and how things stand afterwards', () => {
    const [first, second] = offersOf(running, [day(working('backing up')), day(states.planned as ItemState)]);
    expect(first).toMatchObject({ control: 'cancel after step', verb: 'Stop after “Back up”', look: 'primary' });
    expect(first?.effect).toMatch(/^Nothing of 4 Feb is deleted.*1 later unit is not begun\.$/);
    expect(second).toMatchObject({ control: 'cancel after day', verb: 'Finish 4 Feb, then stop' });
    expect(offersOf(running, [day(working('deleting'))])[0]?.verb).toBe('Stop before “Delete”');
  });

  it('are one cancel where no day is being worked on', () => {
    const offers = offersOf({ ...running, status: 'queued' }, [day(states.planned as ItemState)]);
    expect(offers.map(({ control }) => control)).toEqual(['cancel after step', 'cancel after day', 'pause']);
    expect(withoutTwins(offers).map(({ verb }) => verb)).toEqual(['Cancel the run', 'Pause']);
  });

  it('put the stop without labels last, as dangerous, and say what it means', () => {
    const offers = offersOf(running, [day(working('waiting for mutation'), ['delete'])]);
    expect(offers.filter(({ control }) => isCancel(control)).at(-1)).toMatchObject({
      control: 'cancel after delete',
      verb: 'Stop before the labels are written again',
      effect: '4 Feb will have no labels until somebody resumes.',
      look: 'danger',
    });
  });

  it('are seen as others once the step would end otherwise', () => {
    const seenAt = (state: ItemState, begun: StepName[]) =>
      offersOf(running, [day(state, begun)]).find(({ control }) => control === 'cancel after step')?.seen;
    expect(seenAt(working('backing up'), [])).toBe(seenAt(working('deleting'), []));
    expect(seenAt(working('waiting for mutation'), ['delete'])).toBeUndefined();
    expect(seenAt(working('relabelling'), ['delete', 'relabel'])).not.toBe(seenAt(working('backing up'), []));
  });

  it('have one primary button for each state of a stopped day, which is possible and comes first', () => {
    const all = Object.values(states).filter((state): state is WaitingUnit => state.status === 'needs attention');
    const each = [...all, ...all.map((state) => ({ ...state, asked: true }))];
    for (const state of each) {
      const offers = withoutTwins(offersOf(stopped, [day(state)]));
      expect(offers.filter(({ look }) => look === 'primary')).toEqual([offers[0]]);
      expect(new Set(offers.map(({ verb }) => verb)).size).toBe(offers.length);
      expect(situationOf(day(state))).toMatch(/^.+\.$/);
    }
  });

  it('say to write the labels where a day has none', () => {
    const verbOf = (state: ItemState) => offersOf(stopped, [day(state)])[0]?.verb;
    expect(verbOf(waiting('relabelling', 'gone'))).toBe('Write the labels of 4 Feb now');
    const asked = next(working('deleted, not relabelled'), { kind: 'stop', sentence: 'Stopped.', labels: 'gone' });
    expect(asked && verbOf(asked)).toBe('Write the labels of 4 Feb now');
    const counted = {
      ...day(waiting('waiting for mutation', 'half deleted')),
      missing: { deleted: 9, left: 0, sinceMs: 1 },
    };
    expect(offersOf(stopped, [counted])[0]).toMatchObject({ control: 'resume', verb: 'Write the labels of 4 Feb now' });
    expect(situationOf(counted)).toBe('9 label rows of 4 Feb are deleted; people see 0.');
  });

  it('follow what the step that failed knows to be right', () => {
    const failed = next(working('waiting for mutation'), {
      kind: 'failed',
      sentence: 'Rows are left.',
      labels: 'half deleted',
      remedy: 'retry',
    });
    expect(failed && offersOf(stopped, [day(failed)])[0]).toMatchObject({
      control: 'retry',
      verb: 'Delete what is left of 4 Feb',
    });
  });

  it('are made for every state in which a day is worked on', () => {
    for (const strategy of strategyNames)
      for (const status of pathOf({ strategy, hasRows: true })) {
        expect(isWorking(status)).toBe(true);
        const state = { ...planned(strategy, 50), backupAttempt: 1, status } as ItemState;
        for (const offer of offersOf(running, [day(state, [facts[status].step])]))
          expect(`${offer.verb}. ${offer.effect}`).toContain('4 Feb');
      }
  });
});
