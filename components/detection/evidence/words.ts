import { dayName, instantIn } from '@/components/ui/format';
import { differing } from '@/lib/detection/differ-model';
import { type Flag, flagFacts, flagsOf } from '@/lib/detection/flags';
import type { ConversationEvidence, EvidenceRow } from '@/lib/detection/model';

const named = (text: string, none: string) => text || none;

/** What is wrong with a conversation, a sentence for each flag, with the values that differ. Times are in `timeZone`. */
export function whatIsWrongWith(row: ConversationEvidence, timeZone: string): string[] {
  return flagsOf(row.flags).map((flag) => sentenceOf(flag, row, timeZone));
}

function sentenceOf(flag: Flag, { truth, labels }: ConversationEvidence, timeZone: string): string {
  const { sentence } = flagFacts[flag];
  if (flag === 'duplicate' && labels.length > 1)
    return `The conversation has ${labels.length} labels under different label keys.`;
  if (!truth) return sentence;
  const wrong = (cell: 'agent' | 'useCase' | 'end') => labels.find((label) => differing(truth, label).has(cell));
  if (flag === 'wrongAgent') {
    const label = wrong('agent');
    return label
      ? `The label has the wrong agent: ${named(label.agent, 'nobody')} instead of ${named(truth.agent, 'nobody')}.`
      : sentence;
  }
  if (flag === 'wrongUseCase') {
    const label = wrong('useCase');
    return label
      ? `The label has the wrong use case: ${named(label.useCase, 'none')} instead of ${named(truth.useCase, 'none')}.`
      : sentence;
  }
  if (flag === 'wrongEndHour') {
    const label = wrong('end');
    return label ? endSentence(truth, label, timeZone) : sentence;
  }
  return sentence;
}

function endSentence(truth: EvidenceRow, label: EvidenceRow, timeZone: string): string {
  const at = (ms: number) => {
    const { day, clock } = instantIn(ms, timeZone);
    return day === instantIn(truth.startAtMs, timeZone).day ? clock : `${dayName(day, false)} ${clock}`;
  };
  if (truth.endAtMs === 0) return `The label ends at ${at(label.endAtMs)}; the conversation has not ended.`;
  if (label.endAtMs === 0) return `The label has no end time; the conversation ended at ${at(truth.endAtMs)}.`;
  return `The label ends at ${at(label.endAtMs)}; the conversation ended at ${at(truth.endAtMs)}.`;
}
