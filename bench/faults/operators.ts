import type { ControlRun } from '@/lib/backfill/state/command-model';
import type { RunSummary, RunView } from '@/lib/backfill/state/model';
import type { Strategy } from '@/lib/backfill/state/name-model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { delay } from '@/lib/clock';
import { addDays } from '@/lib/days';
import { daysOfRepair, type Subject } from './customers';
import { type Random, randomOf } from './random';
import type { Answered, Person } from './web';

type Control = ControlRun['control'];

/** A command of a person. Its reason is unique among the audit rows of its area, so that its row can be found. */
export type Act = {
  person: string;
  what: string;
  area: 'backfill' | 'campaign' | 'order' | 'everything';
  reason: string;
  runId: string | null;
  answered: Answered;
};

export const active = ({ status }: Pick<RunSummary, 'status'>) =>
  status === 'queued' || status === 'running' || status === 'needs attention';

const weights: Record<Control, number> = {
  'cancel after step': 0.12,
  'cancel after day': 0.12,
  'cancel after delete': 0.12,
  pause: 0.12,
  resume: 0.6,
  retry: 0.5,
  'relabel only': 0.3,
  close: 0.1,
};

/** The commands of a person in order, with their answers. */
export class Ledger {
  readonly acts: Act[] = [];
  private readonly seed: number;
  constructor(seed: number) {
    this.seed = seed;
  }

  async record(
    person: Person,
    what: string,
    runId: string | null,
    call: (reason: string) => Promise<Answered>,
    area: Act['area'] = 'backfill',
  ) {
    const act: Act = {
      person: person.name,
      what,
      area,
      reason: `faults ${this.seed}, act ${this.acts.length + 1}: ${what}`,
      runId,
      answered: { outcome: 'unknown', sentence: 'not answered yet' },
    };
    this.acts.push(act);
    act.answered = await call(act.reason);
    return act.answered;
  }
}

/**
 * A person who repairs the ten days of the customers, looks at runs, and now and then changes their mind. The seed
 * chooses among the controls that the page offers, which the other person may have changed by then.
 */
export async function operate(
  person: Person,
  options: { subjects: Subject[]; strategies: readonly Strategy[]; seed: number; ledger: Ledger },
  signal: AbortSignal,
): Promise<void> {
  const random = randomOf(options.seed, `operator ${person.name}`);
  while (!signal.aborted) {
    await delay(random.whole(300, 2_500), signal).catch(() => undefined);
    if (signal.aborted) return;
    const subject = random.pick(options.subjects);
    const runs = await person.runs(subject.customer.id);
    if (!runs) continue;
    const [run] = random.shuffle(runs.filter(active));
    // NOTE: both persons start runs where none runs, and sometimes where one does, so that starts race each other.
    if (!run || random.next() < 0.15) await begin(person, subject, random, options);
    else await decide(person, run, random, options.ledger);
  }
}

async function begin(
  person: Person,
  { customer, range }: Subject,
  random: Random,
  { strategies, ledger }: { strategies: readonly Strategy[]; ledger: Ledger },
): Promise<void> {
  const whole = random.next() < 0.8;
  const first = whole ? 0 : random.whole(0, daysOfRepair - 2);
  const days = whole ? daysOfRepair : random.whole(1, daysOfRepair - first);
  const fromDay = addDays(range.fromDay, first);
  await planAndStart(person, ledger, {
    customerId: customer.id,
    fromDay,
    toDay: addDays(fromDay, days),
    strategy: random.pick(strategies),
    all: random.next() < 0.2,
  });
}

/** Looks at a preview and starts it, confirming unknown pre-checks. Returns null if there was no preview. */
export async function planAndStart(
  person: Person,
  ledger: Ledger,
  of: { customerId: string; fromDay: string; toDay: string; strategy: Strategy; all: boolean },
): Promise<{ plan: Plan; answered: Answered | null } | null> {
  const { customerId, fromDay, toDay, strategy, all } = of;
  const plan = await person.plan({ kind: 'backfill', customerId, fromDay, toDay, strategy, onlyAffected: !all });
  if (!plan) return null;
  if (plan.units.every((day) => day.skip !== null)) return { plan, answered: null };
  const confirmed = plan.checks.filter((check) => check.verdict === 'unknown').map((check) => check.id);
  const input = { customerId, fromDay, toDay, strategy, onlyAffected: !all, planHash: plan.hash, confirmed };
  const what = `start ${plan.strategy} of ${customerId}, ${fromDay} to ${toDay}`;
  return { plan, answered: await ledger.record(person, what, null, (reason) => person.start({ ...input, reason })) };
}

async function decide(person: Person, run: RunSummary, random: Random, ledger: Ledger): Promise<void> {
  const view = await person.run(run.id);
  if (!view) return;
  for (const control of random.shuffle(view.controls)) {
    if (random.next() >= weights[control]) continue;
    await use(person, view, control, ledger);
    return;
  }
}

/** Sends a control as the page does, with the offer that the person saw. */
export function use(
  person: Person,
  run: Pick<RunView, 'id' | 'offers'>,
  control: Control,
  ledger: Ledger,
): Promise<Answered> {
  const seen = run.offers.find((offer) => offer.control === control)?.seen;
  return ledger.record(person, control, run.id, (reason) => person.control({ runId: run.id, control, reason, seen }));
}
