import type { ControlRun } from '@/lib/backfill/state/command-model';
import type { RunView } from '@/lib/backfill/state/model';
import { delay } from '@/lib/clock';
import type { Subject } from './customers';
import { active, type Ledger, planAndStart, use } from './operators';
import type { Person } from './web';

type Control = ControlRun['control'];

const triesMax = 12;
const roundsMax = 4;
const lookEveryMs = 500;

type Until = { untilMs: number; signal: AbortSignal };
const isOver = ({ untilMs, signal }: Until) => signal.aborted || Date.now() > untilMs;

/** The sentences of runs that did not end, and of customers whose repair did not end verified. */
export type Restless = { customerId: string; runId: string | null; says: string };

/**
 * Brings every run to an end as a person would, with at most twelve commands for each, and then repairs what is still
 * stale. Returns what did not end in time.
 */
export async function bringToRest(
  person: Person,
  options: { subjects: Subject[]; ledger: Ledger; say: (line: string) => void },
  until: Until,
): Promise<Restless[]> {
  const each = await Promise.all(options.subjects.map((subject) => restOf(person, subject, options, until)));
  return each.flat();
}

async function restOf(
  person: Person,
  subject: Subject,
  { ledger, say }: { ledger: Ledger; say: (line: string) => void },
  until: Until,
): Promise<Restless[]> {
  const customerId = subject.customer.id;
  const restless = await endRuns(person, customerId, ledger, until);
  if (restless.length > 0) return restless;
  let says = 'no plan could be made';
  for (let round = 1; round <= roundsMax && !isOver(until); ) {
    const { fromDay, toDay } = subject.range;
    const started = await planAndStart(person, ledger, {
      customerId,
      fromDay,
      toDay,
      strategy: 'replace',
      all: false,
    });
    if (!started) {
      // NOTE: one person has five previews at a time, and this one repairs every customer.
      await delay(lookEveryMs);
      continue;
    }
    if (!started.answered) {
      say(`${customerId} is at rest${round > 1 ? `, after ${round - 1} more repairs` : ''}`);
      return [];
    }
    says =
      started.answered.outcome === 'ok' ? 'days are still affected after the last repair' : started.answered.sentence;
    round += 1;
    const left = await endRuns(person, customerId, ledger, until);
    if (left.length > 0) return left;
  }
  return [{ customerId, runId: null, says }];
}

/** Waits until the customer has no active run. */
async function endRuns(person: Person, customerId: string, ledger: Ledger, until: Until): Promise<Restless[]> {
  const tries = new Map<string, number>();
  for (;;) {
    const runs = await person.runs(customerId);
    const restless = runs?.filter(active) ?? [];
    if (runs && restless.length === 0) return [];
    if (isOver(until)) return restless.map((run) => ({ customerId, runId: run.id, says: `it is "${run.status}"` }));
    for (const { id, status, pause } of restless) {
      if (status !== 'needs attention' && pause?.cause !== 'person') continue;
      const view = await person.run(id);
      if (view && view.status !== 'needs attention' && view.controls.includes('resume'))
        await use(person, view, 'resume', ledger);
      const tried = tries.get(id) ?? 0;
      if (view?.status !== 'needs attention') continue;
      const failure = view.units.find((item) => item.failure)?.failure ?? '';
      if (tried >= triesMax) return [{ customerId, runId: id, says: failure }];
      tries.set(id, tried + 1);
      await use(person, view, nextControl(view, failure, tried), ledger);
    }
    await delay(lookEveryMs);
  }
}

/** Follows the sentence if it names a control; else tries the offered controls from the mildest to the strongest. */
function nextControl({ controls }: RunView, failure: string, tried: number): Control {
  const wanted: Control[] = /Close this run/.test(failure)
    ? ['close']
    : (['resume', 'retry', 'relabel only', 'close'] as const).slice(tried % 4);
  return wanted.find((control) => controls.includes(control)) ?? controls[0] ?? 'resume';
}
