import type { Context } from '@/lib/context';
import type { Strategy } from '../../state/name-model';
import type { PlanCost, UnitPlan } from '../../state/plan-model';
import { selectPace } from '../../state/sql/runs';
import { states } from '../../state/states';
import { leavesGap, pathOf } from '../../state/ways';

/** Seconds of a unit before its first conversation, and of each conversation. */
export type Pace = { unitSeconds: number; conversationSeconds: number };

/** Without any verified unit: 6 s a unit for its Jobs, and a second for each 20,000 conversations. */
const unknownPace: Pace = { unitSeconds: 6, conversationSeconds: 1 / 20_000 };
/** The share of a unit between its delete and the count of its labels. */
const gapShare = 0.5;

/** How long units of a customer take, from its last verified ones. */
export async function paceOf(ctx: Pick<Context, 'db'>, customerId: string): Promise<Pace> {
  const pace = await ctx.db.query(selectPace, { customerId });
  if (pace.length === 0) return unknownPace;
  const seconds = pace.reduce((sum, row) => sum + row.seconds, 0);
  const done = pace.reduce((sum, row) => sum + row.conversations, 0);
  const unitSeconds = Math.min(...pace.map((row) => row.seconds));
  return {
    unitSeconds,
    conversationSeconds: done > 0 ? Math.max(0, seconds - unitSeconds * pace.length) / done : 0,
  };
}

const secondsOf = ({ unitSeconds, conversationSeconds }: Pace, conversations: number) =>
  unitSeconds + conversations * conversationSeconds;

/** What units cost under a strategy. */
export function costOf(
  units: readonly Pick<
    UnitPlan,
    'rowsToDelete' | 'labelRows' | 'conversationsToRelabel' | 'partsTouched' | 'bytesTouched'
  >[],
  { strategy, pace }: { strategy: Strategy; pace: Pace },
): PlanCost {
  const sum = (of: (unit: (typeof units)[number]) => number) => units.reduce((total, unit) => total + of(unit), 0);
  const jobsOf = (hasRows: boolean) =>
    pathOf({ strategy, hasRows }).filter((status) => states[status].job !== null).length;
  const gaps = units
    .filter(({ labelRows }) => leavesGap({ strategy, hasRows: labelRows > 0 }))
    .map((unit) => gapShare * secondsOf(pace, unit.conversationsToRelabel));
  return {
    units: units.length,
    jobs: sum(({ labelRows }) => jobsOf(labelRows > 0)),
    mutations: units.filter(({ rowsToDelete }) => rowsToDelete > 0).length,
    parts: sum(({ partsTouched }) => partsTouched),
    bytes: sum(({ bytesTouched }) => bytesTouched),
    seconds: Math.ceil(sum((unit) => secondsOf(pace, unit.conversationsToRelabel))),
    gapSeconds: Math.ceil(Math.max(0, ...gaps)),
  };
}
