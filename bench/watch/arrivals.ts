import { delay } from '@/lib/clock';
import { randomOf } from '../faults/random';
import { type Change, change, type Watched } from './customers';
import type { WatchStack } from './stack';

const random = randomOf(13, 'changes');

/** So many changes of customers by chance. */
export async function changeSome(stack: WatchStack, made: readonly Watched[], changes: number): Promise<void> {
  for (let at = 0; at < changes; at += 1) await change(stack, random.pick(made), [random.next(), random.next()]);
}

/** So many changes a second until `signal` aborts. Each goes to `changed`. */
export async function keepChanging(
  stack: WatchStack,
  made: readonly Watched[],
  { aSecond, signal, changed }: { aSecond: number; signal: AbortSignal; changed: (one: Change) => void },
): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * aSecond) - count;
    await Promise.all(
      Array.from({ length: Math.min(due, aSecond) }, async () =>
        changed(await change(stack, random.pick(made), [random.next(), random.next()])),
      ),
    );
    count += Math.min(due, aSecond);
    await delay(50, signal).catch(() => undefined);
  }
  return count;
}

/** Waits for the day of each change to be looked at after it. `lags` are the milliseconds that it took. */
export function seeFindings({ ctx, clock }: WatchStack) {
  const waiting = new Map<string, number[]>();
  const lags: number[] = [];
  const key = (customerId: string, day: string) => `${customerId} ${day}`;
  let sinceMs = clock.now();
  return {
    lags,
    waiting: () => [...waiting.values()].reduce((sum, one) => sum + one.length, 0),
    changed({ customerId, day, atMs }: Change) {
      const known = waiting.get(key(customerId, day));
      if (known) known.push(atMs);
      else waiting.set(key(customerId, day), [atMs]);
    },
    async look() {
      const nowMs = clock.now();
      const { rows } = await ctx.db.pool.query(
        'SELECT customer_id, day, as_of FROM day_looks WHERE as_of >= $1 AND affected > 0',
        [new Date(sinceMs - 120_000)],
      );
      for (const { customer_id, day, as_of } of rows) {
        const known = waiting.get(key(customer_id, day)) ?? [];
        const asOfMs = as_of.getTime();
        for (const atMs of known) if (atMs <= asOfMs) lags.push(nowMs - atMs);
        waiting.set(
          key(customer_id, day),
          known.filter((atMs) => atMs > asOfMs),
        );
      }
      sinceMs = nowMs;
    },
  };
}
