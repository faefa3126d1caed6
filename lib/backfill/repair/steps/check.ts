import { getCustomer } from '@/lib/customers/get-customer';
import type { CustomerTables } from '@/lib/customers/model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { poll } from '@/lib/poll';
import { jobAcceptedCheck, scheduledLabelerCheck } from '../../plan/checks/labeler';
import { readTemplate } from '../../plan/job-template';
import { jobDifferences, unitDifference } from '../../plan/plan-hash';
import { obstacles, runPreChecks } from '../../plan/pre-checks';
import { planOfUnit, readUnits } from '../../plan/units/read-units';
import type { Control } from '../../state/choice-model';
import type { PreCheck, UnitPlan } from '../../state/plan-model';
import { selectItems } from '../../state/sql/items';
import { noteStep } from '../../state/sql/steps';
import { strategies } from '../../state/strategies';
import type { StepResult } from '../advance';
import { tooManyRows } from '../rows-bound';
import { begin } from '../run-job';
import { type Drive, freshTablesOf, type Step } from './drive';

/** The day's pre-checks again, and its label rows as they were planned: what differs is named. */
export const checkStep: Step = async (drive) => {
  const { ctx, row } = drive;
  await begin(drive, 'check');
  const [tables, customer, items, template] = await Promise.all([
    freshTablesOf(drive),
    getCustomer(ctx, row.customerId),
    ctx.db.query(selectItems, { runId: row.runId }),
    readTemplate(ctx, row.scope),
  ]);
  const moved = tableDifference(drive, tables);
  if (moved) return refused(moved);
  const waited = await waitForOurs(drive, tables);
  if (waited) return refused(waited);
  const reading = labelsNow(drive, tables);
  // NOTE: a person's confirmation of this check covers only the start. The worker needs a real answer, so it is dropped.
  const confirmed = row.confirmed.filter((id) => id !== jobAcceptedCheck.id);
  const input = {
    customer,
    tables,
    strategy: row.strategy,
    scope: row.scope,
    units: [row.plan],
    executed: items.filter((item) => item.state.status !== 'skipped').map((item) => item.unit),
  };
  const checking = runPreChecks(ctx, input, {
    mustLook: (id) => !confirmed.includes(id),
    units: reading.then((now) => [{ ...now, undo: row.plan.undo }]),
  });
  checking.catch(() => undefined);
  const now = await reading;
  const difference = unitDifference({ ...row.plan, skip: null }, now);
  if (difference) return outdated(difference);
  const many = strategies[row.strategy].deletes === 'wrong rows' ? await tooManyRows(ctx, row, now.rowsToDelete) : null;
  if (many) return outdated(many);
  const jobs = jobDifferences(row, template);
  if (jobs.labeler.length > 0) return outdated(jobs.labeler.join(' '));
  const checks = await checking;
  const found = obstacles(checks, confirmed);
  const sentence = found.map((check) => check.sentence).join(' ');
  // NOTE: what only the platform's answer keeps back is asked again; a person could do nothing else.
  if (found.length > 0 && found.every(isSilence)) throw new AppError('unavailable', sentence);
  if (found.length > 0) return refused(sentence);
  return {
    event: { kind: 'checked' },
    sentence: [`${heldSentence(checks, row.startedBy)}, and the label rows are as planned.`, ...jobs.own].join(' '),
    numbers: { checks: checks.length, labelRows: row.plan.labelRows },
  };
};

/** The unit with its label rows and parts as they are now; the classification is the plan's. */
async function labelsNow({ ctx, row }: Drive, tables: CustomerTables): Promise<UnitPlan> {
  const countsWrong = strategies[row.strategy].deletes === 'wrong rows';
  const labels = await readUnits(ctx, { scope: row.scope, tables, units: [row.plan], countsWrong });
  return planOfUnit(row.plan, labels.get(row.unit), row.strategy);
}

/** "All 14 pre-checks hold", or how many of them nobody could know, and who confirmed these. */
function heldSentence(checks: readonly PreCheck[], confirmedBy: string): string {
  const held = checks.filter(({ verdict }) => verdict === 'pass').length;
  const unknown = checks.length - held;
  return unknown === 0
    ? `All ${held} pre-checks hold`
    : `${held} pre-checks hold, ${unknown} unknown, confirmed by ${confirmedBy}`;
}

const isSilence = ({ id, verdict }: PreCheck): boolean =>
  verdict === 'unknown' && (id === jobAcceptedCheck.id || id === scheduledLabelerCheck.id);

const refused = (sentence: string, remedy?: Control): StepResult => ({
  event: { kind: 'failed', sentence, labels: 'in place', ...(remedy ? { remedy } : {}) },
  sentence,
});

const outdated = (difference: string) => refused(`${difference} Close this run and plan it again.`, 'close');

function tableDifference({ row }: Drive, { labels }: CustomerTables): string | null {
  const table = `${labels.local.database}.${labels.local.table}`;
  if (table !== row.labelsTable) return `The labels are now in ${table}; ${row.labelsTable} was planned.`;
  return labels.keyText === row.labelKey
    ? null
    : `The label key is now ${labels.keyText}; ${row.labelKey} was planned.`;
}

/** Deletes of other runs on the same table are waited for. Returns a sentence when they outlast the deadline. */
async function waitForOurs({ ctx, row, signal }: Drive, tables: CustomerTables): Promise<string | null> {
  let late = '';
  const withinMs = ctx.config.jobs.deadlineSeconds * 1_000;
  const isFree = await poll({ withinMs, signal }, async () => {
    const ours = (await unfinishedMutations(ctx, { tables })).filter((mutation) => mutation.tag !== null);
    const [first] = ours;
    if (!first?.tag) return true;
    const whom = `the delete of run ${first.tag.runId}, ${unitInWords(first.tag.unit)}`;
    late = `${whom} did not end in time. ${first.sentence}`;
    const sentence = `Waiting for ${whom}, which is unfinished on the same table.`;
    await ctx.db.query(noteStep, {
      itemId: row.itemId,
      attempt: row.state.attempt,
      step: 'check',
      sentence,
      numbers: JSON.stringify({ ours: ours.length }),
    });
    return null;
  });
  return isFree ? null : late;
}
