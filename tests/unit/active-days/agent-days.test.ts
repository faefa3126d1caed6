import { describe, expect, test } from 'vitest';
import {
  causeOf,
  type DayFacts,
  type Deciding,
  isSettled,
  reasonOf,
  verdictOfDay,
} from '@/lib/active-days/agent-days-model';

const facts = (some: Partial<DayFacts>): DayFacts => ({
  day: '2026-02-10',
  closed: 0,
  closedJudged: 0,
  right: 0,
  rightJudged: 0,
  labelled: 0,
  doubtful: 0,
  open: 0,
  deciding: [],
  ...some,
});
const said = (some: Partial<DayFacts>) => [
  verdictOfDay(facts(some)),
  isSettled(facts(some)) ? 'settled' : 'not settled',
  causeOf(facts(some)),
];

describe('the smallest cause of a day', () => {
  test.each<[Partial<DayFacts>, string[]]>([
    [
      { closed: 17, closedJudged: 17 },
      ['missing', 'settled', 'With the labels of any one of these 17 conversations right, the day counts.'],
    ],
    [
      { closed: 2, closedJudged: 1 },
      ['missing', 'settled', 'With the label of this 1 conversation right, the day counts. 1 more is still settling.'],
    ],
    [
      { closed: 3 },
      [
        'missing',
        'not settled',
        'The 3 conversations of the agent ended or changed a moment ago, so the day is not judged yet.',
      ],
    ],
    [
      { labelled: 4 },
      [
        'extra',
        'settled',
        'The day counts only because of the labels of these 4 conversations. With all of them right, the day does not count.',
      ],
    ],
    [
      { labelled: 1 },
      [
        'extra',
        'settled',
        'The day counts only because of the label of this 1 conversation. With it right, the day does not count.',
      ],
    ],
    [
      { labelled: 3, doubtful: 1 },
      [
        'extra',
        'not settled',
        'The day counts only because of the labels of 3 conversations, of which 1 is open or still settling. What is right for it is not known yet, so the day is not judged.',
      ],
    ],
    [
      { closed: 2, closedJudged: 2, labelled: 3 },
      [
        'by accident',
        'settled',
        'The day counts by accident: only 3 labels that belong elsewhere name the agent. With the labels of any one of these 2 conversations right, it counts rightly.',
      ],
    ],
    [
      { closed: 5, closedJudged: 5, right: 4, rightJudged: 4, labelled: 6 },
      ['agrees', 'settled', 'The labels of 4 of 5 conversations name the agent, so the day counts.'],
    ],
    [
      { closed: 1, right: 1, labelled: 1 },
      [
        'agrees',
        'not settled',
        'The day counts, but only by 1 conversation that ended or changed a moment ago, so it may still change.',
      ],
    ],
    [
      { open: 2 },
      ['none', 'not settled', '2 conversations of the agent are open. An open conversation does not count yet.'],
    ],
  ])('%o', (some, expected) => {
    expect(said(some)).toEqual(expected);
  });
});

describe('why a conversation decides', () => {
  const row = {
    agent: 'Corinne',
    useCase: 'mileage',
    startAtMs: 600_000,
    endAtMs: 10_860_000,
    updatedAtMs: 10_905_000,
  };
  const label = { ...row, agent: 'Marcus', useCase: 'reservations', endAtMs: 0, updatedAtMs: 7_220_000 };
  const one: Deciding = { conversationId: '1', judged: true, truth: row, label, labelKeys: 1 };
  const corinne = { agent: 'Corinne', useCase: null };

  test('the incident: labelled while open, before the truth changed', () => {
    expect(reasonOf(one, corinne)).toBe(
      'labelled while open, 61 minutes before the truth changed; the label names Marcus',
    );
  });

  test('seen from the agent whom the label names', () => {
    expect(reasonOf(one, { agent: 'Marcus', useCase: null })).toContain('the truth names Corinne');
  });

  test('no label, no truth, several labels, and not judged', () => {
    expect(reasonOf({ ...one, label: null, labelKeys: 0 }, corinne)).toBe('no label');
    expect(reasonOf({ ...one, truth: null }, corinne)).toBe('a label without a truth that starts on these days');
    expect(reasonOf({ ...one, labelKeys: 2 }, corinne)).toContain('2 label rows');
    expect(reasonOf({ ...one, judged: false }, corinne)).toMatch(/^changed a moment ago, so not judged yet; /);
  });
});
