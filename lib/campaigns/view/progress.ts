import type { Progress } from '@/lib/backfill/state/model';
import type { CampaignCustomer, CampaignStatus, CustomerPlan } from '@/lib/campaigns/state/campaign-model';

/** A customer of the campaign. `tookSeconds`: from the start to the end of its run; null before that. */
type Customer = Pick<CampaignCustomer, 'status' | 'wave' | 'progress'> & {
  plan: Pick<CustomerPlan, 'seconds'> | null;
  tookSeconds: number | null;
};
type Planned = Customer & { wave: number; plan: NonNullable<Customer['plan']> };

const isOver = ({ status }: Customer) => status === 'verified' || status === 'set aside' || status === 'not begun';
const isUnderWay = ({ status }: Customer) => status === 'starting' || status === 'running';

/**
 * How far a campaign is. `done` and `of` are seconds as they were planned, so that a customer of many rows weighs more
 * and the share never falls. The time left comes from the pace of the customers so far, in waves and `concurrency` at a
 * time. A customer that needs attention waits for a person and is not in the time left. Null unless the campaign is
 * started and not over; `secondsLeft` is null while it is paused, or the pace is not known. No I/O.
 */
export function campaignProgress(
  customers: readonly Customer[],
  { status, concurrency }: { status: CampaignStatus; concurrency: number },
): Progress | null {
  if (status !== 'running' && status !== 'paused' && status !== 'stopping') return null;
  const planned = customers.filter(
    (one): one is Planned =>
      one.plan !== null && one.wave !== null && !(status === 'stopping' && one.status === 'waiting'),
  );
  const of = sum(planned, ({ plan }) => plan.seconds);
  const done = sum(planned, (one) => one.plan.seconds * shareOf(one));
  const pace = paceOf(planned);
  return {
    done: Math.min(of, done),
    of,
    secondsLeft: status === 'paused' || pace === null ? null : secondsLeft(planned, { pace, concurrency }),
  };
}

const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((total, row) => total + of(row), 0);

function shareOf(one: Planned): number {
  if (isOver(one)) return 1;
  const { progress } = one;
  return progress && progress.of > 0 ? Math.min(1, Math.max(0, progress.done / progress.of)) : 0;
}

/** Measured seconds for each planned one, of the customers that are verified or whose own pace is known. */
function paceOf(customers: readonly Planned[]): number | null {
  const measured = customers.flatMap(({ status, plan, progress, tookSeconds }) => {
    if (status === 'verified' && tookSeconds !== null) return [{ planned: plan.seconds, seconds: tookSeconds }];
    if (status === 'running' && progress && progress.secondsLeft !== null && progress.of > 0)
      return [{ planned: plan.seconds, seconds: progress.of }];
    return [];
  });
  const planned = sum(measured, (one) => one.planned);
  return planned > 0 ? sum(measured, (one) => one.seconds) / planned : null;
}

/** One wave after the other. In a wave, the next customer begins as soon as one ends. */
function secondsLeft(customers: readonly Planned[], { pace, concurrency }: { pace: number; concurrency: number }) {
  const left = customers.filter((one) => isUnderWay(one) || one.status === 'waiting');
  const waves = [...new Set(left.map(({ wave }) => wave))].map((at) => left.filter(({ wave }) => wave === at));
  return sum(waves, (wave) => {
    const ends = wave.filter(isUnderWay).map((one) => leftOf(one, pace));
    const slots = Array.from({ length: Math.max(1, concurrency, ends.length) }, (_, at) => ends[at] ?? 0);
    for (const one of wave.filter(({ status }) => status === 'waiting')) {
      const first = slots.indexOf(Math.min(...slots));
      slots[first] = (slots[first] ?? 0) + leftOf(one, pace);
    }
    return Math.max(...slots);
  });
}

const leftOf = (one: Planned, pace: number) =>
  one.progress?.secondsLeft ?? one.plan.seconds * pace * (1 - shareOf(one));
