import { describe, expect, it } from 'vitest';
import { ticketOf } from '@/components/backfill/run/ticket';
import { classWord } from '@/components/detection/flags';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import type { StepName } from '@/lib/backfill/state/name-model';
import { deletedRowsOf, resultSentence } from '@/lib/backfill/view/result-sentence';
import { sumCounts } from '@/lib/detection/sum-model';

const counts = (affected: number) => ({ ...sumCounts([]), conversations: 50, affected });
const item = (day: string, given: Partial<ItemView> = {}): ItemView =>
  ({
    id: day,
    unit: day,
    status: 'verified',
    attempt: 1,
    plan: {
      unit: day,
      skip: null,
      labelRows: 50,
      rowsToDelete: 50,
      days: [{ day, counts: counts(17), countedAtMs: 0 }],
    },
    steps: [],
    mutation: [],
    failure: null,
    gapMs: 14_000,
    missing: null,
    deletedRows: 50,
    undoneBy: null,
    canUndo: true,
    startedAtMs: 1,
    endedAtMs: 2,
    evidence: { deletedRows: 50, affectedAfter: 0 },
    ...given,
  }) as ItemView;
const skipped = (unit: string) => ({ unit, skip: 'No conversation of the day is affected.' });
const counted = { planned: 0, working: 0, 'needs attention': 0, verified: 1, cancelled: 0, skipped: 3 };
const run = (given: Partial<RunView> = {}): RunView =>
  ({
    id: '2efb0000-0000-4000-8000-000000000000',
    customerId: 'contoso',
    strategy: 'replace',
    fromDay: '2026-02-04',
    toDay: '2026-02-08',
    timeZone: 'UTC',
    status: 'verified',
    startedBy: 'olga',
    reason: 'CONVI-6242',
    createdAtMs: 0,
    startedAtMs: 0,
    endedAtMs: 60_000,
    unitsTotal: 1,
    unitsVerified: 1,
    daysSkipped: 3,
    undone: null,
    approval: null,
    situation: null,
    result: '1 day verified by counting. 17 conversations were wrong before.',
    next: 'Done.',
    counts: counted,
    units: [item('2026-02-04')],
    skipped: ['2026-02-05', '2026-02-06', '2026-02-07'].map(skipped),
    stopped: null,
    ...given,
  }) as RunView;
const diff = {
  agents: [
    { agent: 'Corinne Harmon', before: 0, expected: 1, after: 1, verdict: 'fixed' },
    { agent: 'Dana Whitfield', before: 1, expected: 1, after: 1, verdict: 'unchanged' },
  ],
} as ActiveDaysDiff;

describe('the text for the ticket', () => {
  it('has whom it is about, why, what was counted, and the skipped days in one line', () => {
    const text = ticketOf(run(), diff, 'https://console/backfills/2efb');
    expect(text).toContain('- Corinne Harmon 0 → 1, fixed');
    expect(text).not.toContain('Dana Whitfield');
    expect(text).toContain('Reason: CONVI-6242');
    expect(text).toContain('17 conversations were wrong before.');
    expect(text).toContain('| 2026-02-04 | verified | 50 | 17 | 0 | 14 s |');
    expect(text.match(/skipped/g)).toHaveLength(1);
    expect(text).toContain('3 days skipped: No conversation of the day is affected.');
    expect(text.endsWith('https://console/backfills/2efb')).toBe(true);
  });

  it('shows names and reasons as they are, whatever Markdown is in them', () => {
    const agents = [{ agent: '[x](http://evil)', before: 0, expected: 1, after: 1, verdict: 'fixed' }];
    const text = ticketOf(run({ reason: '<b>now</b>' }), { agents } as ActiveDaysDiff, 'url');
    expect(text).toContain('0 → 1, fixed');
    expect(text).not.toContain('[x](http');
    expect(text).toContain('&lt;b&gt;now&lt;/b&gt;');
  });

  it('says of a run that stopped why, what is missing and what to do, and counts nothing as done', () => {
    const stopped = run({
      status: 'needs attention',
      endedAtMs: null,
      unitsVerified: 0,
      result: null,
      next: '50 label rows of 4 Feb are deleted; people see 0. Next step: “Write the labels of 4 Feb now”.',
      unitsTotal: 2,
      counts: { ...counted, verified: 0, 'needs attention': 1, planned: 1, skipped: 0 },
      skipped: [],
      stopped: { unit: '2026-02-04', failure: 'The relabel Job failed.' },
      units: [
        item('2026-02-04', {
          status: 'needs attention',
          failure: 'The relabel Job failed.',
          missing: { deleted: 50, left: 0, sinceMs: 1 },
        }),
        item('2026-02-05', { status: 'planned', evidence: {}, gapMs: null }),
      ],
    });
    const text = ticketOf(stopped, undefined, 'url');
    expect(text).toContain(stopped.next);
    expect(text).toContain('Why it stopped, Wed 4 Feb 2026: The relabel Job failed.');
    expect(text).toContain('| 2026-02-04 | needs attention | 50 | 17 |  | 14 s so far |');
    expect(text).toContain('1 unit not begun.');
    expect(text).not.toContain('verified by counting');
  });
});

describe('label rows that a day deleted', () => {
  const deleted = (evidence: Record<string, number>, begun: StepName[] = []) =>
    deletedRowsOf({ missing: null, evidence, begun });
  it('are 0 until a delete was begun, and never the planned ones', () => {
    expect(deleted({})).toBe(0);
    expect(deleted({}, ['delete'])).toBeNull();
    expect(deleted({ deletedRows: 11 }, ['delete'])).toBe(11);
  });
});

describe('the result of a run', () => {
  it('names what was confirmed, and how many planned rows were replaced in place', () => {
    const evidence = { deletedRows: 11, orphans: 2, duplicatesLeft: 1, affectedAfter: 2 };
    const verified = [{ evidence, days: 1, affected: 17, rows_to_delete: 13 }];
    expect(resultSentence({ strategy: 'no-gap', startedBy: 'olga', verified })).toBe(
      '1 day verified by counting: nothing stale, nothing lost, no duplicate except for what was confirmed or came later: 2 orphans stay, as confirmed by olga (1 with more than one row). 17 conversations were wrong before. 11 wrong rows were deleted, 2 replaced in place.',
    );
  });
});

it('a conversation is called the same on its page and in its ticket', () => {
  expect(classWord({ class: 'fresh', flags: 0 })).toBe('right');
  expect(classWord({ class: 'settling', flags: 1 })).toBe('settling');
  expect(classWord({ class: 'affected', flags: 1 })).toBeNull();
});
