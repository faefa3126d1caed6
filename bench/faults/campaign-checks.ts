import type { Arrivals } from './arrivals';
import type { Subject } from './customers';
import { lostOf, type Violation } from './labels';
import { countCampaigns, selectCampaignRuns, selectMissing, selectOverlaps } from './sql';
import type { FaultStack } from './stack';

/** Rows of one transaction have the instant at which it began, which is before that of its commit. */
const clockMs = 2_000;

/**
 * No two runs work on the same instants of a customer at once. After a campaign stopped, no run of it begins. Its others
 * begin after its canary is verified. No run deletes more rows than the bound of its customer.
 */
export async function checkCampaigns({ ctx }: FaultStack): Promise<Violation[]> {
  const [runs, overlaps] = await Promise.all([ctx.db.query(selectCampaignRuns), ctx.db.query(selectOverlaps)]);
  const found: Violation[] = overlaps.map((pair) => ({
    rule: 'two runs never overlap',
    sentence: `runs ${pair.one} and ${pair.other} worked on ${pair.unit} and ${pair.other_unit} at once`,
  }));
  for (const run of runs) {
    const name = `run ${run.runId} of ${run.customerId} in campaign ${run.campaignId}`;
    if (run.deleted > run.rowsMost)
      found.push({ rule: 'within the bound', sentence: `${name} deleted ${run.deleted} rows of ${run.rowsMost}` });
    if (run.stoppedMs !== null && run.createdMs > run.stoppedMs + clockMs)
      found.push({ rule: 'nothing after a stop', sentence: `${name} began after its campaign stopped`, more: run });
    const canary = runs.find((one) => one.campaignId === run.campaignId && one.wave === 0);
    if (run.wave === 0) continue;
    const verifiedMs = canary?.runStatus === 'verified' ? canary.endedMs : null;
    if (run.createdMs < (verifiedMs ?? Number.POSITIVE_INFINITY) - clockMs)
      found.push({ rule: 'the canary first', sentence: `${name} began before its canary was verified`, more: run });
  }
  return found;
}

/** When nothing works any more: who lost a label has a unit that says so. */
export async function checkHeld(
  stack: FaultStack,
  { subject, before, arrivals }: { subject: Subject; before: Set<string>; arrivals: Arrivals },
): Promise<Violation[]> {
  const missing = await stack.ctx.db.query(selectMissing, { customerId: subject.customer.id });
  const lost = (await lostOf(stack, subject, before, arrivals)).filter(
    ({ startMs }) => !missing.some(({ fromMs, toMs }) => startMs >= fromMs && startMs < toMs),
  );
  if (lost.length === 0) return [];
  const sentence = `${subject.customer.id}: ${lost.length} conversations have no label any more, and no unit says that any is missing`;
  return [{ rule: 'missing labels are named', sentence, more: lost.slice(0, 10) }];
}

/** "order, all verified": 3 */
export async function campaignCounts({ ctx }: FaultStack): Promise<Record<string, number>> {
  const rows = await ctx.db.query(countCampaigns);
  return Object.fromEntries(rows.map(({ by, outcome, count }) => [`${by}, ${outcome}`, count]));
}
