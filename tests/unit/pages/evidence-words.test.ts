import { expect, it } from 'vitest';
import { whatIsWrongWith } from '@/components/detection/evidence/words';
import { bitsOf, type Flag } from '@/lib/detection/flags';
import type { ConversationEvidence, EvidenceRow } from '@/lib/detection/model';

const at = (clock: string) => Date.parse(`2026-02-10T${clock}Z`);
const truth: EvidenceRow = {
  customerId: 'alaska-air',
  profileId: 'default',
  agent: 'Corinne Harmon',
  useCase: 'reservations-chat',
  startAtMs: at('02:00:00'),
  endAtMs: at('03:01:22'),
  updatedAtMs: at('03:01:45'),
};
const evidence = (flags: Flag[], ...labels: Partial<EvidenceRow>[]): ConversationEvidence => ({
  conversationId: 'c-1',
  flags: bitsOf(flags),
  class: 'affected',
  truth,
  labels: labels.map((label) => ({ ...truth, ...label })),
});

it('the evidence names both agents, both use cases and both ends, in the customer’s time zone', () => {
  const row = evidence(['wrongAgent', 'wrongUseCase', 'wrongEndHour'], {
    agent: 'Dana Whitfield',
    useCase: '',
    endAtMs: 0,
  });
  expect(whatIsWrongWith(row, 'UTC')).toEqual([
    'The label has the wrong agent: Dana Whitfield instead of Corinne Harmon.',
    'The label has the wrong use case: none instead of reservations-chat.',
    'The label has no end time; the conversation ended at 03:01:22.',
  ]);
  const later = evidence(['wrongEndHour'], { endAtMs: at('04:10:00') });
  expect(whatIsWrongWith(later, 'America/Anchorage')).toEqual([
    'The label ends at 19:10:00; the conversation ended at 18:01:22.',
  ]);
});

it('of several labels the one that differs is named, and how many there are', () => {
  const row = evidence(['wrongAgent', 'duplicate'], {}, { agent: '' });
  expect(whatIsWrongWith(row, 'UTC')).toEqual([
    'The label has the wrong agent: nobody instead of Corinne Harmon.',
    'The conversation has 2 labels under different label keys.',
  ]);
});

it('without a truth or a label it says only what is known', () => {
  expect(whatIsWrongWith({ ...evidence(['orphan'], {}), truth: null }, 'UTC')).toEqual([
    'The label belongs to no conversation: it has no truth.',
  ]);
  expect(whatIsWrongWith(evidence(['missing']), 'UTC')).toEqual(['The conversation has no label and should have one.']);
});
