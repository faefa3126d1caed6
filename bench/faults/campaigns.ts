import { repairStrategies } from '@/lib/backfill/state/name-model';
import type { CampaignSummary } from '@/lib/campaigns/state/campaign-model';
import { delay } from '@/lib/clock';
import { addDays, dayOf } from '@/lib/days';
import { daysOfRepair, type Subject } from './customers';
import type { Ledger } from './operators';
import { type Random, randomOf } from './random';
import type { Person } from './web';

/**
 * Unknown pre-checks that this bench confirms, because they are right here or its counts at the end show what they ask.
 */
const confirmed = ['labeler-running', 'orphans', 'chats', 'open-labels', 'job-accepted'];
const mostAtOnce = 2;

const isActive = ({ status }: CampaignSummary) => status !== 'ended' && status !== 'planned';

type Options = { subjects: Subject[]; seed: number; ledger: Ledger };

/** A person who makes campaigns over some of the customers, and pauses, resumes and stops those that run. */
export async function conduct(person: Person, options: Options, signal: AbortSignal): Promise<void> {
  const random = randomOf(options.seed, `campaigns of ${person.name}`);
  const planned = new Set<string>();
  while (!signal.aborted) {
    await delay(random.whole(300, 2_500), signal).catch(() => undefined);
    if (signal.aborted) return;
    const all = await person.campaigns();
    if (!all) continue;
    for (const { id, status } of all) if (status === 'ended') planned.delete(id);
    const ready = all.find(({ id, status }) => status === 'planned' && planned.has(id));
    const active = random.shuffle(all.filter(isActive));
    if (ready) {
      planned.delete(ready.id);
      await startPlanned(person, ready.id, options.ledger);
    } else if (active.length < mostAtOnce && planned.size < mostAtOnce) {
      const answered = await person.planCampaign(requestOf(random, options.subjects));
      if (answered.outcome === 'ok') planned.add((answered.data as { campaignId: string }).campaignId);
    } else if (active[0]) await change(person, active[0], random, options.ledger);
  }
}

function requestOf(random: Random, subjects: readonly Subject[]): object {
  const some = random.shuffle(subjects).slice(0, random.whole(2, Math.max(2, subjects.length)));
  const customerIds = some.map(({ customer }) => customer.id);
  const days = some.flatMap(({ range }) => [range.fromDay, range.toDay]).sort();
  return {
    filter: random.next() < 0.8 ? { by: 'name', customerIds } : { by: 'all affected' },
    fromDay: days[0],
    toDay: days.at(-1),
    ...(random.next() < 0.6 ? {} : { strategy: random.pick(repairStrategies) }),
    units: random.pick(['joined', 'joined', 'day', 'tight']),
    waves: random.pick([[1], [2], [1, 2], [5]]),
    concurrency: random.whole(1, 3),
    failureBudget: random.whole(0, 2),
    growthPercent: random.pick([0, 20, 100]),
    confirmed,
  };
}

async function startPlanned(person: Person, campaignId: string, ledger: Ledger): Promise<void> {
  const view = await person.campaign(campaignId);
  if (view?.status !== 'planned' || !view.planHash) return;
  const { planHash } = view;
  const start = (reason: string) => person.startCampaign({ campaignId, planHash, reason });
  await ledger.record(person, `start campaign ${campaignId}`, null, start, 'campaign');
}

async function change(person: Person, { id }: CampaignSummary, random: Random, ledger: Ledger): Promise<void> {
  const view = await person.campaign(id);
  const controls = view?.controls.map(({ control }) => control) ?? [];
  const control =
    controls.includes('resume') && random.next() < 0.4 ? 'resume' : random.next() < 0.12 ? 'pause' : 'stop';
  if (!controls.includes(control) || (control === 'stop' && random.next() > 0.01)) return;
  await use(person, id, control, ledger);
}

const use = (person: Person, campaignId: string, control: 'pause' | 'resume' | 'stop', ledger: Ledger) =>
  ledger.record(
    person,
    `${control} campaign ${campaignId}`,
    null,
    (reason) => person.controlCampaign({ campaignId, control, reason }),
    'campaign',
  );

/**
 * A person who proposes a standing order whose night has begun, asks another one to approve it, and now and then ends it
 * and proposes the next.
 */
export async function order(person: Person, approver: Person, options: Options, signal: AbortSignal): Promise<void> {
  const random = randomOf(options.seed, `orders of ${person.name}`);
  while (!signal.aborted) {
    await delay(random.whole(1_000, 4_000), signal).catch(() => undefined);
    if (signal.aborted) return;
    const orders = await person.orders();
    if (!orders) continue;
    const open = orders.find(({ status }) => status !== 'ended');
    if (!open) {
      await propose(person, random, options);
      continue;
    }
    const view = await person.order(open.id);
    if (view?.status === 'proposed') await approve(person, approver, open.id);
    else if (view?.canEnd && (view.status === 'stopped' || random.next() < 0.03))
      await endOrder(person, open.id, options.ledger);
  }
}

async function propose(person: Person, random: Random, { subjects, ledger }: Options): Promise<void> {
  const nowMs = Date.now();
  const hour = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  const terms = {
    // NOTE: a preview starts again when its worker is killed, so one of all customers would never be made.
    filter: { by: 'name', customerIds: subjects.slice(-1).map(({ customer }) => customer.id) },
    rowsOfNight: random.pick([500, 100_000]),
    rowsOfCustomer: random.pick([200, 500]),
    daysBack: daysOfRepair + 1,
    failureBudget: random.whole(0, 2),
    window: { from: hour(nowMs - 3_600_000), to: hour(nowMs + 8 * 3_600_000), timeZone: 'UTC' },
    untilDay: addDays(dayOf(nowMs, 'UTC'), 2),
  };
  await ledger.record(person, 'propose an order', null, (reason) => person.proposeOrder({ ...terms, reason }), 'order');
}

async function approve(person: Person, approver: Person, orderId: string): Promise<void> {
  const view = await person.order(orderId);
  if (!view?.planHash) return;
  const { planHash, approval } = view;
  if (!approval || approval.state === 'expired' || approval.state === 'withdrawn' || approval.state === 'refused')
    await person.askOrder({ orderId, planHash });
  else if (approval.state === 'waiting')
    await approver.decide({ approvalId: approval.id, planHash, decision: 'approve', reason: 'faults' });
}

const endOrder = (person: Person, orderId: string, ledger: Ledger) =>
  ledger.record(person, `end order ${orderId}`, null, (reason) => person.endOrder({ orderId, reason }), 'order');

/** A person who now and then stops everything, at a boundary or at once, and lifts it some seconds later. */
export async function halt(person: Person, { seed, ledger }: Options, signal: AbortSignal): Promise<void> {
  const random = randomOf(seed, `stops of ${person.name}`);
  while (!signal.aborted) {
    await delay(random.whole(20_000, 60_000), signal).catch(() => undefined);
    if (signal.aborted) return;
    const immediately = random.next() < 0.3;
    const stop = (reason: string) => person.stopEverything({ reason, immediately });
    await ledger.record(person, immediately ? 'stop everything at once' : 'stop everything', null, stop, 'everything');
    await delay(random.whole(1_000, 8_000), signal).catch(() => undefined);
    await liftAll(person, ledger);
  }
}

/** Lifts what is stopped, and returns once nothing is. */
async function liftAll(person: Person, ledger: Ledger): Promise<void> {
  for (;;) {
    const stop = await person.stopped();
    if (stop === null) return;
    if (stop) await ledger.record(person, 'lift', null, (reason) => person.liftStop({ reason }), 'everything');
    await delay(500);
  }
}

/** Lifts a stop, ends every order and stops every campaign, and returns when the workers have seen to it. */
export async function endCampaigns(person: Person, ledger: Ledger, until: { untilMs: number; signal: AbortSignal }) {
  await liftAll(person, ledger);
  for (;;) {
    const [orders, campaigns] = [await person.orders(), await person.campaigns()];
    const openOrders = orders?.filter(({ status }) => status !== 'ended') ?? [];
    const openCampaigns = campaigns?.filter(({ status }) => status !== 'ended') ?? [];
    if (orders && campaigns && openOrders.length + openCampaigns.length === 0) return [];
    if (until.signal.aborted || Date.now() > until.untilMs)
      return [
        ...openOrders.map(({ id, status }) => `order ${id} is "${status}"`),
        ...openCampaigns.map(({ id, status }) => `campaign ${id} is "${status}"`),
      ];
    for (const { id } of openOrders) await endOrder(person, id, ledger);
    for (const { id, status } of openCampaigns) {
      const view = status === 'stopping' || status === 'planning' ? null : await person.campaign(id);
      if (view?.controls.some(({ control }) => control === 'stop')) await use(person, id, 'stop', ledger);
    }
    await delay(1_000);
  }
}
