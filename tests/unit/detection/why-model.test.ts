import { describe, expect, it } from 'vitest';
import { bitsOf, type Flag } from '@/lib/detection/flags';
import type { ConversationEvidence, EvidenceRow } from '@/lib/detection/model';
import { commonReason, originsOf, whySentence } from '@/lib/detection/why-model';

const at = (clock: string) => Date.parse(`2026-02-10T${clock}Z`);
const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);

const row = (of: Partial<EvidenceRow> & { written: string }): EvidenceRow => ({
  customerId: 'acme',
  profileId: 'p',
  agent: 'Dana',
  useCase: 'chat',
  startAtMs: at('00:10:00'),
  endAtMs: at('03:01:22'),
  ...of,
  updatedAtMs: at(of.written),
});
const open = { endAtMs: 0 };
const wrong = (flags: Flag[], truth: EvidenceRow | null, ...labels: EvidenceRow[]): ConversationEvidence => ({
  conversationId: 'c',
  flags: bitsOf(flags),
  class: 'affected',
  truth,
  labels,
});
const toCorinne = (label = '02:00:20', truth = '03:01:45') =>
  wrong(['wrongAgent'], row({ agent: 'Corinne', written: truth }), row({ ...open, written: label }));

describe('why a label is wrong, in one sentence', () => {
  const truth = row({ agent: 'Corinne', written: '03:01:45' });
  const label = row({ ...open, written: '02:00:20' });
  const of: [string, ConversationEvidence, string | null][] = [
    [
      're-assigned after the label',
      toCorinne(),
      'Labelled 02:00:20 while open, re-assigned to Corinne by 03:01:45, at most 61 minutes later.',
    ],
    [
      'reclassified as well',
      wrong(['wrongAgent', 'wrongUseCase'], { ...truth, useCase: 'miles' }, label),
      'Labelled 02:00:20 while open, re-assigned to Corinne and reclassified as miles by 03:01:45, at most 61 minutes later.',
    ],
    [
      'nobody any more',
      wrong(['wrongAgent'], { ...truth, agent: '' }, label),
      'Labelled 02:00:20 while open, unassigned by 03:01:45, at most 61 minutes later.',
    ],
    [
      'the first agent',
      wrong(['wrongAgent'], truth, { ...label, agent: '' }),
      'Labelled 02:00:20 while open, assigned to Corinne by 03:01:45, at most 61 minutes later.',
    ],
    [
      'only ended, where the end itself is known',
      wrong(['wrongEndHour'], { ...truth, agent: 'Dana' }, label),
      'Labelled 02:00:20 while open, ended 03:01:22, 61 minutes later.',
    ],
    [
      'ended anew',
      wrong(['wrongEndHour'], { ...truth, agent: 'Dana' }, { ...label, endAtMs: at('01:50:00') }),
      'Labelled 02:00:20, given another end by 03:01:45, at most 61 minutes later.',
    ],
    [
      'a label that came after the change',
      toCorinne('04:00:20'),
      'Labelled 04:00:20 while open, at least 58 minutes after being re-assigned to Corinne (by 03:01:45).',
    ],
    [
      'a right label beside the old one',
      wrong(['duplicate'], truth, label, { ...truth, updatedAtMs: at('04:00:20') }),
      'Labelled 02:00:20 while open, re-assigned to Corinne by 03:01:45, at most 61 minutes later, and labelled again 04:00:20; the first row stayed beside the second.',
    ],
    ['no label', wrong(['missing'], truth), 'Never labelled; ended 03:01:22.'],
    [
      'no truth',
      wrong(['orphan'], null, { ...label, endAtMs: truth.endAtMs }),
      'Labelled 02:00:20, and no truth has it.',
    ],
    [
      'another customer',
      wrong(['wrongCustomer'], { ...truth, agent: 'Dana', profileId: 'q' }, { ...label, endAtMs: truth.endAtMs }),
      'Labelled 02:00:20, moved to acme, q by 03:01:45, at most 61 minutes later.',
    ],
    ['one that is right', { ...toCorinne(), class: 'fresh' }, null],
    ['one that still settles', { ...toCorinne(), class: 'settling' }, null],
  ];
  it.each(of)('%s', (_, evidence, sentence) => expect(whySentence(evidence, clock)).toBe(sentence));
});

describe('why the labels of a day are wrong', () => {
  const why = (rows: ConversationEvidence[], total: number | null = rows.length) =>
    commonReason({ origins: originsOf(rows), lookedAt: rows.length, total }, clock);
  const three = [toCorinne(), toCorinne('02:00:21', '03:04:21'), toCorinne('02:00:20', '03:02:00')];

  it('names the times between which it happened to all of them', () => {
    expect(why(three)).toBe(
      'All 3 were labelled 02:00:20–02:00:21 while open, re-assigned to Corinne by 03:01:45–03:04:21, at most 61 to 64 minutes later.',
    );
    expect(why([toCorinne()])).toBe(
      'The one conversation was labelled 02:00:20 while open, re-assigned to Corinne by 03:01:45, at most 61 minutes later.',
    );
  });

  it('names no agent where they were assigned to several', () => {
    const [first, ...others] = three as [ConversationEvidence, ...ConversationEvidence[]];
    const bob = { ...first, truth: first.truth && { ...first.truth, agent: 'Bob' } };
    expect(why([bob, ...others])).toContain('while open, re-assigned by 03:01:45');
  });

  it('begins with the most common reason, and says how many have others and how many were looked at', () => {
    const truth = row({ agent: 'Corinne', written: '03:01:45' });
    const missing = wrong(['missing'], truth);
    const orphan = wrong(['orphan'], null, row({ written: '02:00:20' }));
    const ended = wrong(['wrongEndHour'], { ...truth, agent: 'Dana' }, row({ ...open, written: '02:00:20' }));
    expect(why([missing, orphan, ...three, ended, missing], 30)).toBe(
      '3 of 7 were labelled 02:00:20–02:00:21 while open, re-assigned to Corinne by 03:01:45–03:04:21, at most 61 to 64 minutes later; 2 were never labelled; ended 03:01:22; 1 was labelled 02:00:20, and no truth has it; 1 has other causes. 7 of 30 were looked at.',
    );
  });

  it('does not say "all" where it is not known how many there are', () => {
    expect(why(three, null)).toMatch(/^3 of 3 were labelled .* later\. No more were looked at\.$/);
  });

  it('says nothing where nothing is known', () => expect(why([])).toBeNull());
});
