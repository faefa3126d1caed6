import type { RunStatus } from '@/lib/backfill/state/model';
import type { Pause } from '@/lib/holds/model';
import { agree, count, formatNumber } from '@/lib/words';
import type { CampaignCustomerStatus, CampaignOutcome, CampaignStatus } from './campaign-model';

/** A customer of a campaign as a tick finds it. `otherRun` is an active run that the campaign did not start. */
export type CustomerFacts = {
  customerId: string;
  status: CampaignCustomerStatus;
  wave: number;
  sentence: string | null;
  rowsToDelete: number;
  /** True while it waits before it is tried again; of one that is starting, while its start may still be under way. */
  isEarly: boolean;
  otherRun: string | null;
  run: RunFacts | null;
};

export type RunFacts = {
  id: string;
  status: RunStatus;
  cancelling: boolean;
  /** The cause of its pause; null where it is not paused. */
  paused: Pause['cause'] | null;
  units: number;
  unitsVerified: number;
  /** Labels that a verification found lost. */
  lost: number;
  failure: string | null;
};

export type CampaignFacts = {
  status: CampaignStatus;
  outcome: CampaignOutcome | null;
  pause: Pause | null;
  concurrency: number;
  failureBudget: number;
};

/**
 * What keeps new work from beginning now, and ends by itself: why, whether runs under way pause for it as well, and whether
 * it is the hours that somebody chose for the campaign.
 */
export type HoldFacts = {
  cause: 'hold' | 'stop everything';
  sentence: string;
  pausesRuns: boolean;
  isPlanned?: true;
};

/** What a tick does, in this order. */
export type Action =
  | { kind: 'set'; customerId: string; status: CampaignCustomerStatus; sentence: string | null }
  | { kind: 'start'; customerId: string }
  | { kind: 'canary'; customerId: string }
  | { kind: 'pause run'; customerId: string; runId: string; by: string; reason: string }
  | { kind: 'resume run' | 'cancel run'; customerId: string; runId: string }
  | { kind: 'hold'; cause: HoldFacts['cause']; sentence: string; isNew: boolean; isPlanned?: true }
  | { kind: 'go on' }
  | { kind: 'stop'; sentence: string }
  | { kind: 'end'; outcome: CampaignOutcome };

/**
 * Customers that are planned while the runs before them end, unless those are all paused: their runs wait for their
 * place.
 */
const plannedAhead = 1;

const isOver = (status: CampaignCustomerStatus) =>
  status !== 'waiting' && status !== 'starting' && status !== 'running';
const isFailure = (status: CampaignCustomerStatus) => status === 'set aside' || status === 'needs attention';

/**
 * What follows for a campaign from what a tick finds. The canary comes first and by itself, then one wave after the
 * other; a wave is over when each of its customers is verified, needs attention or is set aside. It stops before
 * anything else begins when a verification found labels lost, the canary is not verified, or the budget is spent.
 */
export function nextOf(campaign: CampaignFacts, found: readonly CustomerFacts[], hold: HoldFacts | null): Action[] {
  const { followed, customers } = followAll(campaign, found);
  return [...followed, ...goOn(campaign, customers, hold)];
}

/** Why the next tick stops the campaign; null where it goes on. A start asks this too, so that it is never faster. */
export function stopReasonOf(campaign: CampaignFacts, found: readonly CustomerFacts[]): string | null {
  return reasonToStop(campaign, followAll(campaign, found).customers);
}

/** The customers with the statuses that follow from their runs, and what has to be set for them. */
function followAll(campaign: CampaignFacts, found: readonly CustomerFacts[]) {
  const followed = found.flatMap((customer) => follow(customer, campaign));
  const by = new Map(followed.map((action) => [action.customerId, action]));
  const customers = found.map((customer) => ({
    ...customer,
    status: by.get(customer.customerId)?.status ?? customer.status,
  }));
  return { followed, customers };
}

function goOn(campaign: CampaignFacts, customers: CustomerFacts[], hold: HoldFacts | null): Action[] {
  if (campaign.status === 'ended') return corrected(campaign, customers);
  if (campaign.status === 'stopping') return stopping(customers);
  if (campaign.status !== 'running' && campaign.status !== 'paused') return [];
  const why = reasonToStop(campaign, customers);
  if (why) return [{ kind: 'stop', sentence: why }, ...stopping(customers)];
  const ended = customers.every(({ status }) => isOver(status)) && !nextCanary(customers);
  if (ended) return [{ kind: 'end', outcome: outcomeOf(customers) }];
  if (campaign.pause?.cause === 'person') return pausing(customers, campaign.pause);
  if (hold) {
    const { cause, sentence, isPlanned } = hold;
    const isNew = campaign.pause?.cause !== cause;
    const held = { kind: 'hold' as const, cause, sentence, isNew, ...(isPlanned ? { isPlanned } : {}) };
    const runs = hold.pausesRuns ? pausing(customers, { by: 'worker', reason: sentence }) : resuming(customers);
    return campaign.pause?.reason === sentence && !isNew ? runs : [held, ...runs];
  }
  const released = campaign.status === 'paused' ? [{ kind: 'go on' as const }] : [];
  return [...released, ...resuming(customers), ...running(campaign, customers)];
}

/** How a customer's status follows from its run. */
function follow(customer: CustomerFacts, { status }: CampaignFacts): Extract<Action, { kind: 'set' }>[] {
  const { run, customerId } = customer;
  if (!run || (customer.status !== 'running' && customer.status !== 'needs attention')) return [];
  const now = ofRun(run, status === 'stopping' || status === 'ended');
  return now.status === customer.status && now.sentence === customer.sentence
    ? []
    : [{ kind: 'set', customerId, ...now }];
}

function ofRun(run: RunFacts, isStopped: boolean): { status: CampaignCustomerStatus; sentence: string | null } {
  const done = `${formatNumber(run.unitsVerified)} of ${count(run.units, 'unit')} ${agree(run.unitsVerified, 'is', 'are')} verified.`;
  switch (run.status) {
    case 'verified':
      return { status: 'verified', sentence: null };
    case 'needs attention':
      return { status: 'needs attention', sentence: run.failure };
    case 'cancelled':
      if (isStopped && run.unitsVerified === 0)
        return { status: 'not begun', sentence: 'The campaign stopped before the first unit of its run.' };
      return { status: 'set aside', sentence: `Its run was cancelled. ${done}` };
    case 'closed':
      return { status: 'set aside', sentence: `Its run was closed. ${done}` };
    default:
      return { status: 'running', sentence: null };
  }
}

function reasonToStop({ failureBudget }: CampaignFacts, customers: CustomerFacts[]): string | null {
  const losing = customers.find(({ run }) => (run?.lost ?? 0) > 0);
  if (losing)
    return `The verification of ${losing.customerId} found ${count(losing.run?.lost ?? 0, 'conversation')} without ${agree(losing.run?.lost ?? 0, 'its label', 'their labels')}.`;
  const canary = customers.find(({ wave, status }) => wave === 0 && isFailure(status));
  if (canary) return `The canary ${canary.customerId} is not verified. ${canary.sentence ?? ''}`.trim();
  const failed = customers.filter(({ status }) => isFailure(status));
  if (failed.length <= failureBudget) return null;
  return `${count(failed.length, 'customer')} ${agree(failed.length, 'is', 'are')} set aside or ${agree(failed.length, 'needs', 'need')} attention; the failure budget is ${formatNumber(failureBudget)}.`;
}

const underWay = (customers: CustomerFacts[]) =>
  customers.flatMap(({ customerId, run, status }) => (run && status === 'running' ? [{ customerId, run }] : []));

/**
 * What was not begun never is, and each run under way is cancelled, which also ends a pause by the campaign. Only a run
 * that is being cancelled already is resumed: another would begin on a unit.
 */
function stopping(customers: CustomerFacts[]): Action[] {
  const left = customers
    .filter(({ status }) => status === 'waiting' || status === 'starting')
    .map(({ customerId }) => ({ kind: 'set' as const, customerId, status: 'not begun' as const, sentence: null }));
  const runs = underWay(customers);
  const cancels = runs
    .filter(({ run }) => !run.cancelling)
    .map(({ customerId, run }) => ({ kind: 'cancel run' as const, customerId, runId: run.id }));
  return [
    ...left,
    ...resuming(customers.filter(({ run }) => run?.cancelling)),
    ...cancels,
    ...(runs.length === 0 ? [{ kind: 'end' as const, outcome: 'stopped' as const }] : []),
  ];
}

const pausing = (customers: CustomerFacts[], { by, reason }: Pick<Pause, 'by' | 'reason'>): Action[] =>
  underWay(customers)
    .filter(({ run }) => run.paused === null || run.paused === 'hold')
    .map(({ customerId, run }) => ({ kind: 'pause run', customerId, runId: run.id, by, reason }));

const resuming = (customers: CustomerFacts[]): Action[] =>
  underWay(customers)
    .filter(({ run }) => run.paused === 'campaign')
    .map(({ customerId, run }) => ({ kind: 'resume run', customerId, runId: run.id }));

/** The customer that takes the place of a canary that needs no repair any more; null while there is a canary. */
function nextCanary(customers: CustomerFacts[]): CustomerFacts | null {
  if (customers.some(({ wave, status }) => wave === 0 && status !== 'left out')) return null;
  const waiting = customers.filter(({ status }) => status === 'waiting');
  return waiting.reduce<CustomerFacts | null>(
    (least, one) => (least === null || one.rowsToDelete < least.rowsToDelete ? one : least),
    null,
  );
}

function running({ concurrency }: CampaignFacts, customers: CustomerFacts[]): Action[] {
  const canary = nextCanary(customers);
  if (canary) return [{ kind: 'canary', customerId: canary.customerId }];
  const open = customers.filter(({ status }) => !isOver(status));
  const wave = Math.min(...open.map((one) => one.wave));
  const lost = open.filter(({ status, isEarly }) => status === 'starting' && !isEarly);
  const runs = underWay(open);
  const ahead = runs.length > 0 && runs.every(({ run }) => run.paused !== null) ? 0 : plannedAhead;
  let free = concurrency + ahead - open.filter(({ status }) => status !== 'waiting').length;
  const begun = open
    .filter((one) => one.wave === wave && one.status === 'waiting' && !one.isEarly)
    .flatMap((one): Action[] => {
      if (one.otherRun) {
        const sentence = `Waits for another run of this customer: /backfills/${one.otherRun}.`;
        return one.sentence === sentence
          ? []
          : [{ kind: 'set', customerId: one.customerId, status: 'waiting', sentence }];
      }
      if (free <= 0) return [];
      free -= 1;
      return [{ kind: 'start', customerId: one.customerId }];
    });
  return [...lost.map(({ customerId }) => ({ kind: 'start' as const, customerId })), ...begun];
}

/** How a campaign came out that was not stopped. A customer that needed no repair by its turn is as good as verified. */
export function outcomeOf(customers: readonly Pick<CustomerFacts, 'status'>[]): CampaignOutcome {
  if (customers.every(({ status }) => status === 'left out')) return 'nothing to repair';
  return customers.every(({ status }) => status === 'verified' || status === 'left out')
    ? 'all verified'
    : 'some set aside';
}

/** A person may mend a run after the campaign ended. */
function corrected({ outcome }: CampaignFacts, customers: CustomerFacts[]): Action[] {
  if (outcome === 'stopped' || customers.length === 0) return [];
  const now = outcomeOf(customers);
  return now === outcome ? [] : [{ kind: 'end', outcome: now }];
}
