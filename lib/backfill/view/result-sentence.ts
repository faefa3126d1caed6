import { agree, count, formatNumber } from '@/lib/words';
import type { ItemView, RunView } from '../state/model';
import { countsOfUnit } from '../state/plan-model';
import { strategies } from '../state/strategies';

type Run = Pick<RunView, 'strategy' | 'startedBy' | 'items'>;

const verifiedOf = ({ items }: Run) => items.filter(({ status }) => status === 'verified');
const sumOf = (items: readonly ItemView[], key: string) =>
  items.reduce((total, { evidence }) => total + (evidence[key] ?? 0), 0);

/** What was counted on the verified days of a run, with every exception that a person confirmed. */
export function resultSentence(run: Run): string {
  const verified = verifiedOf(run);
  const days = count(verified.length, 'day');
  if (run.strategy === 'undo') {
    const differ = sumOf(verified, 'affectedAfter');
    const again = ` ${count(differ, 'conversation')} ${agree(differ, 'differs', 'differ')} from the truth again.`;
    return `${days} restored: the labels are the backup, byte for byte.${again}`;
  }
  const before = verified.reduce((total, { plan }) => total + countsOfUnit(plan).affected, 0);
  const exceptions = exceptionsOf(run, verified);
  const but = exceptions.length > 0 ? ` except for what was confirmed or came later: ${exceptions.join('; ')}` : '';
  return `${days} verified by counting: nothing stale, nothing lost, no duplicate${but}. ${count(before, 'conversation')} ${agree(before, 'was', 'were')} wrong before.${replacedOf(run, verified)}`;
}

function exceptionsOf(run: Run, verified: readonly ItemView[]): string[] {
  const orphans = sumOf(verified, 'orphans');
  const twice = sumOf(verified, 'duplicatesLeft');
  const without = sumOf(verified, 'missingWithoutChat');
  const changed = sumOf(verified, 'changedSinceRelabel');
  const confirmed = `as confirmed by ${run.startedBy}`;
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
function replacedOf({ strategy }: Run, verified: readonly ItemView[]): string {
  if (strategies[strategy].deletes !== 'wrong rows') return '';
  const planned = verified.reduce((total, { plan }) => total + plan.rowsToDelete, 0);
  const deleted = sumOf(verified, 'deletedRows');
  const replaced = planned > deleted ? `, ${formatNumber(planned - deleted)} replaced in place` : '';
  return ` ${count(deleted, 'wrong row')} ${agree(deleted, 'was', 'were')} deleted${replaced}.`;
}

/** Label rows of a day that were counted deleted: 0 where its delete never began, null where nobody counted. */
export function deletedRowsOf({
  missing,
  evidence,
  steps,
}: Pick<ItemView, 'missing' | 'evidence' | 'steps'>): number | null {
  const counted = missing?.deleted ?? evidence.deletedRows;
  if (counted !== undefined) return counted;
  const begun = steps.some(({ step, jobName }) => step === 'delete' && jobName !== null);
  return begun ? null : 0;
}
