import { describe, expect, it } from 'vitest';
import { type ItemState, planned } from '@/lib/backfill/state/machine';
import { strategyNames } from '@/lib/backfill/state/name-model';
import { pathOf, stepsOf } from '@/lib/backfill/state/ways';
import { nextSentence } from '@/lib/backfill/view/next-sentence';
import { gapOf, missingOf, stepViews } from '@/lib/backfill/view/run-view';

type Rows = Parameters<typeof stepViews>[1];
const row = (step: Rows[number]['step'], more: Partial<Rows[number]> = {}): Rows[number] => ({
  item_id: 'i',
  attempt: 1,
  step,
  status: 'done',
  job_name: null,
  sentence: 'Done.',
  numbers: {},
  has_log: false,
  started_at: 1,
  ended_at: 2,
  ...more,
});
const base = { ...planned('replace', 50), backupAttempt: 1 };
const statuses = (state: ItemState, rows: Rows) => stepViews(state, rows).map((step) => step.status);

describe('the steps of a day', () => {
  it.each(strategyNames)('of %s are its own, in its order', (strategy) => {
    const views = stepViews(planned(strategy, 50), []);
    expect(views.map((step) => step.step)).toEqual(stepsOf(strategy));
    expect(views.every((step) => step.status === 'waiting')).toBe(true);
  });

  it('show one running step while a day is in work, what is done before it and what waits after it', () => {
    const rows = [row('check'), row('snapshot'), row('backup'), row('delete', { status: 'running' })];
    expect(statuses({ ...base, status: 'deleting' }, rows)).toEqual([
      'done',
      'done',
      'done',
      'running',
      'waiting',
      'waiting',
      'waiting',
    ]);
  });

  it('show nothing of an earlier attempt for a step that is still to come again', () => {
    const rows = [
      row('delete', { status: 'failed' }),
      row('mutation', { status: 'failed' }),
      row('delete', { attempt: 2, status: 'running' }),
    ];
    const views = stepViews({ ...base, attempt: 2, status: 'deleting' }, rows);
    expect(views.find((step) => step.step === 'mutation')).toMatchObject({ status: 'waiting', sentence: '' });
  });

  it('show the step that failed, and its log', () => {
    const state: ItemState = {
      ...base,
      status: 'needs attention',
      failedIn: 'relabelling',
      labels: 'gone',
      sentence: 'No.',
      asked: false,
      remedy: null,
    };
    const views = stepViews(state, [row('relabel', { status: 'failed', has_log: true, job_name: 'relabel-x' })]);
    expect(views.find((step) => step.step === 'relabel')).toMatchObject({ status: 'failed', hasLog: true });
    expect(views.at(-1)?.status).toBe('waiting');
  });
});

describe('a step in which a day was stopped', () => {
  const state: ItemState = {
    ...base,
    status: 'needs attention',
    failedIn: 'waiting for mutation',
    labels: 'half deleted',
    sentence: 'Stopped.',
    asked: false,
    remedy: null,
  };

  it('shows one state and why, whatever its row says', () => {
    const rows = [row('delete'), row('mutation', { status: 'running', sentence: '' })];
    const of = (one: ItemState) => stepViews(one, rows).find(({ step }) => step === 'mutation');
    expect(of(state)).toMatchObject({ status: 'failed', sentence: 'Stopped.' });
    expect(of({ ...state, asked: true })).toMatchObject({ status: 'stopped', sentence: 'Stopped.' });
  });

  it('is waiting while it is stayed before its Job', () => {
    const views = stepViews({ ...base, status: 'deleting' }, [row('backup')], 'olga');
    expect(views.find(({ step }) => step === 'delete')).toMatchObject({
      status: 'waiting',
      sentence: 'olga looks at how to cancel; nothing is deleted meanwhile.',
    });
    const begun = stepViews({ ...base, status: 'deleting' }, [row('delete', { status: 'running' })], 'olga');
    expect(begun.find(({ step }) => step === 'delete')?.status).toBe('running');
  });
});

describe('the labels that are missing', () => {
  const item = {
    state: { ...base, status: 'relabelling' } as ItemState,
    label_rows: 50,
    evidence: { deletedRows: 50, rowsLeft: 0 },
    gap_from_at: 40,
    gap_to_at: null,
    gap_ms: null,
  };

  it('are those that were counted gone, until labels are counted back', () => {
    expect(missingOf(item)).toEqual({ deleted: 50, left: 0, sinceMs: 40 });
    expect(missingOf({ ...item, gap_from_at: null })).toBeNull();
    expect(missingOf({ ...item, gap_to_at: 70, gap_ms: 30 })).toBeNull();
  });
});

describe('the gap', () => {
  it('grows until the relabel is seen, and then stands', () => {
    expect(gapOf({ gap_from_at: null, gap_to_at: null, gap_ms: null }, 100)).toBeNull();
    expect(gapOf({ gap_from_at: 40, gap_to_at: null, gap_ms: null }, 100)).toBe(60);
    expect(gapOf({ gap_from_at: 40, gap_to_at: 70, gap_ms: 30 }, 100)).toBe(30);
    expect(gapOf({ gap_from_at: null, gap_to_at: null, gap_ms: 0 }, 100)).toBe(0);
  });
});

const dayOf = (state: ItemState) => ({ day: '2026-02-10', state, begun: [], missing: null });

describe('what happens next', () => {
  const run = { status: 'running', cancelAfter: null } as const;

  it('is a sentence for every state of a day', () => {
    for (const strategy of strategyNames)
      for (const status of pathOf({ strategy, hasRows: true }))
        expect(nextSentence(run, [dayOf({ ...base, strategy, status })], 1)).toMatch(/^[A-Z].*\.$/);
  });

  it('names the day whose labels are missing, and what brings them back', () => {
    const state: ItemState = {
      ...base,
      status: 'needs attention',
      failedIn: 'relabelling',
      labels: 'gone',
      sentence: 'No.',
      asked: false,
      remedy: null,
    };
    const stopped = { status: 'needs attention', cancelAfter: null } as const;
    expect(nextSentence(stopped, [dayOf(state)], 1)).toBe(
      '10 Feb has no labels: they are deleted and not written again. Next step: “Write the labels of 10 Feb now”.',
    );
    const missing = { deleted: 10_148, left: 0, sinceMs: 1 };
    expect(nextSentence(stopped, [{ ...dayOf(state), missing }], 1)).toBe(
      '10,148 label rows of 10 Feb are deleted; people see 0. Next step: “Write the labels of 10 Feb now”.',
    );
  });

  it('says when no worker is there, and where a cancelled run stops', () => {
    const day = dayOf({ ...base, status: 'deleting' });
    expect(nextSentence(run, [day], 0)).toContain('No worker is running');
    expect(nextSentence(run, [{ ...day, missing: { deleted: 3, left: 0, sinceMs: 1 } }], 0)).toMatch(
      /^3 label rows of 10 Feb are deleted; people see 0\. No worker is running/,
    );
    expect(nextSentence({ ...run, cancelAfter: 'day' }, [day], 1)).toContain('stops after 10 Feb');
    expect(nextSentence(run, [day], 1)).toBe('Next: delete the label rows.');
    expect(nextSentence({ ...run, status: 'verified', undone: true }, [day], 1)).toMatch(/^Undone since\./);
    expect(nextSentence(run, [{ ...day, begun: ['delete'] }], 1)).toMatch(/^Next: write the labels again/);
  });
});
