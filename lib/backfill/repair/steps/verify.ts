import { unitInWords } from '@/lib/customers/unit-words-model';
import { agree, count, listed } from '@/lib/words';
import type { Mark } from '../advance';
import { type Counted, countUnit } from '../count-unit';
import { onceArrived } from '../on-their-way';
import { begin } from '../run-job';
import { type Drive, type Step, tablesOf } from './drive';
import { lastSnapshot } from './last-snapshot';
import { verifyUndo } from './verify-undo';

/**
 * "Done" is what was counted through the Distributed table: nothing stale, no duplicate, none missing that has a chat,
 * none lost, and the Active Days that the truth expects.
 */
export const verifyStep: Step = async (drive) => {
  const { row } = drive;
  await begin(drive, 'verify');
  const tables = await tablesOf(drive);
  if (row.state.strategy === 'undo') return verifyUndo(drive);
  const { counted, late } = await onceArrived(drive, tables, async () => {
    const counted = await countUnit(drive, tables);
    return { counted, holds: faultsOf(drive, counted, null).length === 0 };
  });
  const evidence = evidenceOf(counted);
  const faults = faultsOf(drive, counted, late);
  if (faults.length > 0) {
    const sentence = `The labels were written, but the count does not hold. ${faults.join(' ')}`;
    const isBack = counted.faulty.missing.length + counted.lost.length === 0 && !counted.more;
    return {
      event: { kind: 'failed', sentence, labels: 'written' },
      sentence,
      numbers: evidence,
      evidence,
      marks: isBack ? gapEnds(drive) : [],
    };
  }
  await lastSnapshot(drive);
  const marks: Mark[] = ['no gap', ...gapEnds(drive)];
  return {
    event: { kind: 'counted' },
    sentence: sentenceOf(counted, row.startedBy),
    numbers: evidence,
    evidence,
    marks,
    counted: counted.labels,
  };
};

/** A day that had a gap, also one that a relabel brought back out of a half done undo, has its labels again. */
const gapEnds = ({ row }: Drive): Mark[] => (row.gapFromAtMs === null ? [] : ['gap to']);

function faultsOf({ row }: Drive, counted: Counted, late: string | null): string[] {
  const { day, labels, faulty, lost } = counted;
  const closed = day.conversations - day.open;
  if (late === null && labels.rows === 0 && closed > 0 && faulty.missing.length > 0)
    return [
      `The relabel Job ended well, but the unit has no label at all for ${count(closed, 'closed conversation')}. The likely cause: ClickHouse drops an inserted block that is identical to one it remembers, and says nothing (insert de-duplication after a delete). Set "deduplicate_insert" to "disable" for the labeler, then relabel only.`,
    ];
  const found: string[] = late === null ? [] : [late];
  const name = (ids: string[], what: string, plural?: string) => {
    if (ids.length > 0) found.push(`${count(ids.length, what, plural)}: ${listed(ids)}.`);
  };
  name(faulty.stale, 'conversation is stale', 'conversations are stale');
  name(faulty.duplicate, 'conversation has duplicates', 'conversations have duplicates');
  name(faulty.missing, 'conversation has a chat and no label', 'conversations have a chat and no label');
  name(lost, 'conversation lost its label', 'conversations lost their labels');
  name(
    counted.agentsWrong,
    'agent does not have the expected Active Day',
    'agents do not have the expected Active Day',
  );
  if (counted.more) found.push(`More than can be listed are affected on ${unitInWords(row.unit)}.`);
  return found;
}

const evidenceOf = ({
  day,
  labels,
  faulty,
  lost,
  excused,
  agentsWrong,
  agentsExcused,
  agents,
}: Counted): Record<string, number> => ({
  conversations: day.conversations,
  labelRows: labels.rows,
  stale: faulty.stale.length,
  duplicates: faulty.duplicate.length,
  missing: faulty.missing.length,
  lost: lost.length,
  missingWithoutChat: excused.withoutChat.length,
  changedSinceRelabel: excused.changed.length,
  affectedAfter: day.affected,
  orphans: day.orphans,
  duplicatesLeft: Math.max(0, day.duplicates - faulty.duplicate.length),
  wrongCustomer: day.flags.wrongCustomer,
  open: day.open,
  settling: day.settling,
  agents,
  agentsWrong: agentsWrong.length,
  agentsExcused: agentsExcused.length,
});

function sentenceOf({ day, labels, excused, agentsExcused }: Counted, confirmedBy: string): string {
  const parts = [
    `Counted through the Distributed table: ${count(day.conversations, 'conversation')}, ${count(labels.rows, 'label row')}, 0 stale, 0 duplicates, 0 missing, 0 lost; Active Days are ${agentsExcused.length === 0 ? 'as the truth expects' : `others for ${count(agentsExcused.length, 'agent')}, for what is named here or still settles`}.`,
  ];
  if (day.orphans > 0)
    parts.push(
      `${count(day.orphans, 'orphan')} ${agree(day.orphans, 'stays', 'stay')}, as confirmed by ${confirmedBy}.`,
    );
  if (excused.withoutChat.length > 0)
    parts.push(
      `${count(excused.withoutChat.length, 'conversation')} without a chat cannot be labelled: ${listed(excused.withoutChat, 20)}.`,
    );
  if (excused.changed.length > 0)
    parts.push(
      `The truth of ${count(excused.changed.length, 'conversation')} changed after the relabel began: ${listed(excused.changed, 20)}.`,
    );
  return parts.join(' ');
}
