import { describe, expect, it } from 'vitest';
import { type ItemState, plannedFor } from '@/lib/backfill/machine';
import { strategies, strategySteps } from '@/lib/backfill/model';
import { nextSentence } from '@/lib/backfill/next-sentence';
import { pathOf } from '@/lib/backfill/paths';
import { gapOf, stepViews } from '@/lib/backfill/run-view';

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
const base = { attempt: 1, tries: 1, backup: 1, deletes: true, partial: false };
const statuses = (state: ItemState, rows: Rows) => stepViews(state, rows).map((step) => step.status);

describe('the steps of a day', () => {
  it.each(strategies)('of %s are its own, in its order', (strategy) => {
    const views = stepViews(plannedFor(strategy, 50), []);
    expect(views.map((step) => step.step)).toEqual(strategySteps[strategy]);
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
    };
    const views = stepViews(state, [row('relabel', { status: 'failed', has_log: true, job_name: 'relabel-x' })]);
    expect(views.find((step) => step.step === 'relabel')).toMatchObject({ status: 'failed', hasLog: true });
    expect(views.at(-1)?.status).toBe('waiting');
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

describe('what happens next', () => {
  const run = { status: 'running', cancelAfter: null } as const;

  it('is a sentence for every state of a day', () => {
    for (const strategy of strategies)
      for (const status of pathOf(plannedFor(strategy, 50)))
        expect(nextSentence(run, [{ day: '2026-02-10', state: { ...base, flow: strategy, status } }], 1)).toMatch(
          /^[A-Z].*\.$/,
        );
  });

  it('names the day whose labels are missing, and what brings them back', () => {
    const state: ItemState = {
      ...base,
      status: 'needs attention',
      failedIn: 'relabelling',
      labels: 'gone',
      sentence: 'No.',
    };
    const sentence = nextSentence({ status: 'needs attention', cancelAfter: null }, [{ day: '2026-02-10', state }], 1);
    expect(sentence).toBe(
      'The labels of 2026-02-10 are missing. Remove the cause, then "relabel only" writes them again.',
    );
  });

  it('says when no worker is there, and where a cancelled run stops', () => {
    const items = [{ day: '2026-02-10', state: { ...base, status: 'deleting' } as ItemState }];
    expect(nextSentence(run, items, 0)).toContain('No worker is running');
    expect(nextSentence({ ...run, cancelAfter: 'day' }, items, 1)).toContain('stops after this day');
  });
});
