import { describe, expect, it } from 'vitest';
import { compareHashes } from '@/lib/backfill/plan/chats';
import { planDifferences, planHash } from '@/lib/backfill/plan/plan-hash';
import type { UnitPlan } from '@/lib/backfill/state/plan-model';

const day = (name: string, more: Partial<UnitPlan> = {}): UnitPlan => ({
  unit: name,
  days: [],
  skip: null,
  labelRows: 1_204,
  labelHash: '123',
  rowsToDelete: 1_204,
  conversationsToRelabel: 1_204,
  conversationsThatChange: 17,
  orphansThatGo: 0,
  openThatLoseLabel: 0,
  partsTouched: 1,
  bytesTouched: 1,
  undo: null,
  ...more,
});
const plan = (more: Partial<Parameters<typeof planHash>[0]> = {}): Parameters<typeof planHash>[0] => ({
  customerId: 'alaska-air',
  fromDay: '2026-02-10',
  toDay: '2026-02-12',
  timeZone: 'UTC',
  strategy: 'replace',
  labelsTable: 'alaska_air.conversation_with_labels',
  labelKey: '(a, b)',
  jobTemplate: 'abc',
  units: [day('2026-02-10'), day('2026-02-11')],
  rowsToDelete: 2_408,
  jobParts: null,
  undoOf: null,
  unitChoice: 'joined',
  choices: [],
  recommended: null,
  ...more,
});

describe('the hash of a plan', () => {
  it.each<[string, Partial<Parameters<typeof planHash>[0]>, string]>([
    ['strategy', { strategy: 'relabel-only' }, 'relabel-only'],
    ['time zone', { timeZone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
    ['range', { toDay: '2026-02-13' }, '2026-02-13'],
    ['table', { labelsTable: 'other.labels' }, 'other.labels'],
    ['key', { labelKey: '(a)' }, '(a)'],
    ['Job template', { jobTemplate: 'abd' }, 'template'],
    [
      'count of a day',
      { units: [day('2026-02-10'), day('2026-02-11', { labelRows: 1_205 })] },
      '1,205 label rows now; 1,204',
    ],
    ['content of a day', { units: [day('2026-02-10'), day('2026-02-11', { labelHash: '124' })] }, 'content changed'],
    ['skipped day', { units: [day('2026-02-10'), day('2026-02-11', { skip: 'clean' })] }, 'needs no repair any more'],
  ])('changes with its %s, and the difference is named', (_what, change, named) => {
    expect(planHash(plan(change))).not.toBe(planHash(plan()));
    const differences = planDifferences(plan(), plan(change));
    expect(differences).toHaveLength(1);
    expect(differences[0]).toContain(named);
  });

  it('says which part of what would be launched changed', () => {
    const seen = { jobTemplate: 'abc', jobParts: { 'labeler’s image': 'labeler:1', 'labeler’s command': 'c' } };
    const now = { jobTemplate: 'abd', jobParts: { ...seen.jobParts, 'labeler’s image': 'labeler:2' } };
    expect(planDifferences(plan(seen), plan(now))).toEqual(['The labeler’s image is now labeler:2, not labeler:1.']);
    expect(planDifferences(plan({ ...seen, jobParts: null }), plan(now))).toEqual([
      'The template of the relabel Job changed, or could not be read one of the two times.',
    ]);
  });

  it('does not change with what truth alone moves', () => {
    const moved = {
      units: [day('2026-02-10', { conversationsThatChange: 18, conversationsToRelabel: 1_205 }), day('2026-02-11')],
    };
    expect(planHash(plan(moved))).toBe(planHash(plan()));
    expect(planDifferences(plan(), plan(moved))).toEqual([]);
  });
});

describe('truth beside chats', () => {
  const row = (id: string, content = id) => ({ idHash: id, rowHash: content });

  it('tells who has no chat, which chat has no truth, and how many agree in everything', () => {
    const compared = compareHashes([row('1'), row('2', 'x'), row('3')], [row('1'), row('2', 'y'), row('4')]);
    expect(compared).toMatchObject({ closedTruth: 3, closedChats: 3, agree: 1, withoutChat: 1, withoutTruth: 1 });
    expect(compared).toMatchObject({ truthWithoutChat: ['3'], chatsWithoutTruth: ['4'] });
  });
});
