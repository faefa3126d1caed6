import { randomUUID } from 'node:crypto';
import type { Actor } from '@/lib/auth/model';
import { delay } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { atIntervals } from '@/lib/poll';
import { dropBackups } from './drop-backups';

const everyMs = 3_600_000;
const firstAfterMs = 60_000;

/** Drops what is due once an hour, until `signal` aborts. An engine that does not answer is asked again next time. */
export async function workBackups(ctx: Context, signal: AbortSignal): Promise<void> {
  const actor: Actor = { name: 'worker', role: 'operator', via: 'worker', requestId: randomUUID() };
  await delay(firstAfterMs, signal).catch(() => undefined);
  const drop = () => dropBackups(ctx, {}, actor, signal);
  await atIntervals(everyMs, signal, drop, (error) => ctx.log.warn({ err: error }, 'backups could not be dropped'));
}
