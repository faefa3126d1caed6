import { delay } from '@/lib/clock';
import { every, poll } from '@/lib/poll';
import { type Injected, type Injection, inject } from './inject';
import type { Fault, FaultKind } from './schedule';
import { selectCampaignsNow, selectDaysInWork } from './sql';

const lookEveryMs = 300;
/** A look at Postgres while it is down or frozen must not hold up the others. */
const lookWithinMs = 4_000;

/** A fault that was injected. `survivedMs` is the time until all that it hit went on; null if it never did. */
export type Outcome = {
  fault: Fault;
  what: string | null;
  /** What campaigns did at that moment. */
  during: string[];
  injectedAtMs: number;
  liftedAtMs: number | null;
  survivedMs: number | null;
};

/**
 * Injects the faults of the schedule, each at its time, and watches the recovery: pages that were hit answer again, and
 * every day that was claimed when the fault began has moved on (to another state or another claim).
 */
export class Storm {
  readonly outcomes: Outcome[] = [];
  private readonly on: Injection;
  private readonly say: (line: string) => void;
  private readonly lifts = new Set<() => Promise<void>>();
  private readonly recoveries = new Set<Promise<void>>();
  private readonly over = new AbortController();

  constructor(on: Injection, say: (line: string) => void) {
    this.on = on;
    this.say = say;
  }

  /** Waits until a day is claimed, until `untilMs` at most. Returns whether one is. */
  async awaitWork(untilMs: number, signal: AbortSignal): Promise<boolean> {
    const look = async () => (((await this.daysInWork()) ?? []).length > 0 ? true : null);
    const found = poll({ ...every(lookEveryMs), withinMs: untilMs - Date.now(), signal }, look);
    return (await found.catch(() => null)) ?? false;
  }

  /** Returns after the last fault, or when `signal` aborts, with every fault lifted. */
  async run(faults: readonly Fault[], signal: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    const running: Promise<void>[] = [];
    for (const fault of faults) {
      await delay(Math.max(0, startedAt + fault.atMs - Date.now()), signal).catch(() => undefined);
      if (signal.aborted) break;
      running.push(this.one(fault, signal));
    }
    await Promise.all(running);
    for (const lift of this.lifts) await lift();
  }

  /** Waits for what has not recovered yet, until `untilMs` at most. */
  async settle(untilMs: number, signal: AbortSignal): Promise<void> {
    let open = true;
    const all = Promise.all(this.recoveries).then(() => {
      open = false;
    });
    const withinMs = untilMs - Date.now();
    await poll({ ...every(lookEveryMs), withinMs, signal }, () => (open ? null : true)).catch(() => null);
    this.over.abort(new Error('the storm is over'));
    await all;
  }

  private async one(fault: Fault, signal: AbortSignal): Promise<void> {
    const outcome: Outcome = {
      fault,
      what: null,
      during: [],
      injectedAtMs: Date.now(),
      liftedAtMs: null,
      survivedMs: null,
    };
    this.outcomes.push(outcome);
    const before = (await this.daysInWork()) ?? [];
    outcome.during = (await this.within(this.on.stack.ctx.db.query(selectCampaignsNow))) ?? [];
    const done: Injected = await inject(this.on, fault);
    outcome.injectedAtMs = Date.now();
    if (!done) return this.say(`${fault.kind}: there was nothing to do it to`);
    outcome.what = done.what;
    const seconds = (fault.lengthMs / 1_000).toFixed(1);
    this.say(`${fault.kind}: ${done.what}${fault.lengthMs > 0 ? `, ${seconds} s` : ''}; ${before.length} days in work`);
    this.lifts.add(done.lift);
    await delay(fault.lengthMs, signal).catch(() => undefined);
    await done.lift();
    this.lifts.delete(done.lift);
    outcome.liftedAtMs = Date.now();
    this.recoveries.add(this.watch(outcome, before));
  }

  private async watch(outcome: Outcome, before: { id: string; version: number }[]): Promise<void> {
    const look = async () => (await this.recovered(outcome.fault.kind, before)) || null;
    const recovered = poll({ ...every(lookEveryMs), signal: this.over.signal }, look);
    if (await recovered.catch(() => null)) outcome.survivedMs = Date.now() - outcome.injectedAtMs;
  }

  private async recovered(kind: FaultKind, before: { id: string; version: number }[]): Promise<boolean> {
    if (kind.startsWith('web')) {
      const answer = await fetch(`${this.on.stack.url}/api/health`, {
        signal: AbortSignal.timeout(lookWithinMs),
      }).catch(() => null);
      return answer?.ok ?? false;
    }
    const now = await this.daysInWork();
    if (!now) return false;
    const versions = new Map(now.map((day) => [day.id, day.version]));
    return before.every((day) => versions.get(day.id) !== day.version);
  }

  private async within<T>(look: Promise<T>): Promise<T | null> {
    return Promise.race([look.catch(() => null), delay(lookWithinMs).then(() => null)]);
  }

  /** Null if Postgres did not answer. */
  private async daysInWork(): Promise<{ id: string; version: number }[] | null> {
    return this.within(this.on.stack.ctx.db.query(selectDaysInWork));
  }
}
