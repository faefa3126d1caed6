import { createHash } from 'node:crypto';
import { templateDifferences } from '@/lib/jobs/template';
import { count, formatNumber } from '@/lib/words';
import type { Plan, UnitPlan } from '../state/plan-model';

type Hashed = Omit<
  Plan,
  | 'hash'
  | 'checks'
  | 'expectedActiveDays'
  | 'expectedSeconds'
  | 'createdAtMs'
  | 'needsApproval'
  | 'unapprovedRows'
  | 'offers'
>;

/**
 * sha256 over scope, strategy, table and key, the labeler's Job template, and per day what is skipped, the count and
 * the hash.
 */
export function planHash(plan: Hashed): string {
  const parts = [
    'plan 1',
    plan.customerId,
    plan.fromDay,
    plan.toDay,
    plan.timeZone,
    plan.strategy,
    plan.labelsTable,
    plan.labelKey,
    plan.jobTemplate,
    ...plan.units.map((day) => [day.unit, day.skip !== null, day.labelRows, day.labelHash]),
    ...undoParts(plan),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const undoParts = ({ undoOf, units: days }: Hashed) =>
  undoOf
    ? [undoOf.runId, undoOf.unit, ...days.map(({ undo }) => undo && [undo.itemId, undo.backupId, undo.rows, undo.hash])]
    : [];

/** Sentences that name what differs between the plan a person saw and the plan of now; empty when they agree. */
export function planDifferences(seen: Hashed, now: Hashed): string[] {
  const found: string[] = [];
  if (seen.strategy !== now.strategy) found.push(`The strategy is now ${now.strategy}, not ${seen.strategy}.`);
  if (seen.timeZone !== now.timeZone)
    found.push(`The customer’s time zone is now ${now.timeZone}, not ${seen.timeZone}.`);
  if (seen.fromDay !== now.fromDay || seen.toDay !== now.toDay)
    found.push(`The range is now ${now.fromDay} to ${now.toDay}.`);
  if (seen.labelsTable !== now.labelsTable)
    found.push(`The labels are now in ${now.labelsTable}, not in ${seen.labelsTable}.`);
  if (seen.labelKey !== now.labelKey) found.push(`The label key is now ${now.labelKey}, not ${seen.labelKey}.`);
  found.push(...jobDifferences(seen, now).labeler);
  const before = new Map(seen.units.map((day) => [day.unit, day]));
  for (const day of now.units) {
    const difference = unitDifference(before.get(day.unit), day);
    if (difference) found.push(difference);
  }
  return found;
}

/**
 * What differs in the templates of Jobs; empty when nothing does. A difference of `labeler` makes it another plan. `own`
 * are this project's Jobs, which a new release changes: their orders are the plan's, so a run goes on with them.
 */
export function jobDifferences(
  seen: Pick<Plan, 'jobTemplate' | 'jobParts'>,
  now: Pick<Plan, 'jobTemplate' | 'jobParts'>,
): { labeler: string[]; own: string[] } {
  if (seen.jobParts && now.jobParts) return templateDifferences(seen.jobParts, now.jobParts);
  if (seen.jobTemplate === now.jobTemplate) return { labeler: [], own: [] };
  return { labeler: ['The template of the relabel Job changed, or could not be read one of the two times.'], own: [] };
}

/** What differs of one day's label rows, or null. */
export function unitDifference(
  seen: Pick<UnitPlan, 'skip' | 'labelRows' | 'labelHash'> | undefined,
  now: Pick<UnitPlan, 'unit' | 'skip' | 'labelRows' | 'labelHash'>,
): string | null {
  if (!seen) return `${now.unit} was not in the plan.`;
  if ((seen.skip === null) !== (now.skip === null))
    return now.skip === null ? `${now.unit} now needs a repair.` : `${now.unit} needs no repair any more.`;
  if (seen.labelRows !== now.labelRows)
    return `${now.unit} has ${count(now.labelRows, 'label row')} now; ${formatNumber(seen.labelRows)} were planned.`;
  if (seen.labelHash !== now.labelHash)
    return `${now.unit} still has ${count(now.labelRows, 'label row')}, but their content changed since the plan.`;
  return null;
}
