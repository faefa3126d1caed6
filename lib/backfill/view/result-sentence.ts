import { agree, count, formatNumber } from '@/lib/words';
import type { ItemView } from '../state/model';
import type { StepName, Strategy } from '../state/name-model';
import { strategies } from '../state/strategies';
import type { UnitRow } from './sql/view';

type Verified = Pick<UnitRow, 'evidence' | 'days' | 'affected' | 'rows_to_delete'>;
type Run = { strategy: Strategy; startedBy: string; verified: readonly Verified[] };

const sumOf = (units: readonly Verified[], key: string) =>
  units.reduce((total, { evidence }) => total + (evidence[key] ?? 0), 0);

/** What was counted on the verified units of a run, with every exception that a person confirmed. */
export function resultSentence(run: Run): string {
  const { verified } = run;
  const days = count(
    verified.reduce((total, unit) => total + unit.days, 0),
    'day',
  );
  if (run.strategy === 'undo') {
    const differ = sumOf(verified, 'affectedAfter');
    const again = ` ${count(differ, 'conversation')} ${agree(differ, 'differs', 'differ')} from the truth again.`;
    return `${days} restored: the labels are the backup, byte for byte.${again}`;
  }
  const before = verified.reduce((total, { affected }) => total + affected, 0);
  const exceptions = exceptionsOf(run);
  const but = exceptions.length > 0 ? ` except for what was confirmed or came later: ${exceptions.join('; ')}` : '';
  return `${days} verified by counting: nothing stale, nothing lost, no duplicate${but}. ${count(before, 'conversation')} ${agree(before, 'was', 'were')} wrong before.${replacedOf(run)}`;
}

function exceptionsOf({ verified, startedBy }: Run): string[] {
  const orphans = sumOf(verified, 'orphans');
  const twice = sumOf(verified, 'duplicatesLeft');
  const without = sumOf(verified, 'missingWithoutChat');
  const changed = sumOf(verified, 'changedSinceRelabel');
  const confirmed = `as confirmed by ${startedBy}`;
  const stay = (number: number) => agree(number, 'stays', 'stay');
  return [
    ...(orphans > 0
      ? [
          `${count(orphans, 'orphan')} ${stay(orphans)}, ${confirmed}${twice > 0 ? ` (${formatNumber(twice)} with more than one row)` : ''}`,
        ]
      : []),
    ...(without > 0
      ? [`${count(without, 'conversation')} without a chat ${stay(without)} without a label, ${confirmed}`]
      : []),
    ...(changed > 0 ? [`${count(changed, 'conversation')} changed after the relabel began`] : []),
  ];
}

/** A no-gap plan counts the wrong rows. One whose key stays is replaced by the relabel, so it is never deleted. */
function replacedOf({ strategy, verified }: Run): string {
  if (strategies[strategy].deletes !== 'wrong rows') return '';
  const planned = verified.reduce((total, unit) => total + unit.rows_to_delete, 0);
  const deleted = sumOf(verified, 'deletedRows');
  const replaced = planned > deleted ? `, ${formatNumber(planned - deleted)} replaced in place` : '';
  return ` ${count(deleted, 'wrong row')} ${agree(deleted, 'was', 'were')} deleted${replaced}.`;
}

/** Label rows of a unit that were counted deleted: 0 where its delete never began, null where nobody counted. */
export function deletedRowsOf({
  missing,
  evidence,
  begun,
}: Pick<ItemView, 'missing' | 'evidence'> & { begun: readonly StepName[] }): number | null {
  const counted = missing?.deleted ?? evidence.deletedRows;
  if (counted !== undefined) return counted;
  return begun.includes('delete') ? null : 0;
}
