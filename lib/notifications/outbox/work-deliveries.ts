import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { patiently } from '@/lib/patience';
import { atIntervals } from '@/lib/poll';
import { messageOf } from '../message-model';
import { type SendingChannel, sendingChannels } from '../model';
import { send } from '../send/send';
import { selectDueChannels } from '../sql/outbox';
import { saveChannels, skipUnconfigured } from '../sql/settle';
import { lookMostMs } from '../view-model';
import { type Claimed, claimNext } from './claim';
import { isQuiet } from './quiet';
import { settle } from './settle';

const lookEveryMs = 5_000;
/** How often the worker writes that it looks. */
const sayEveryMs = 60_000;
const skipAfterMs = 60 * 60_000;
const timeoutMs = 15_000;
/** For how long the result of a try is kept for a database that does not answer. */
const settleForMs = 60_000;
/** Messages of a channel in one look. */
const messagesMost = 50;

type Needs = Pick<Context, 'config' | 'log' | 'clock' | 'db'>;

/** Sends what waits in the outbox until `signal` aborts, also while everything is stopped. A try that began is finished. */
export async function workDeliveries(ctx: Needs, signal: AbortSignal): Promise<void> {
  const failed = (error: unknown) => ctx.log.warn({ err: error }, 'notifications could not be sent; they wait');
  const busy = new Map<SendingChannel, Promise<unknown>>();
  let saidMs = Number.NEGATIVE_INFINITY;
  // NOTE: a slow receiver holds up its own channel only, so nobody waits for all of them here.
  const look = async () => {
    const nowMs = ctx.clock.now();
    if (nowMs - saidMs >= sayEveryMs) {
      await sayChannels(ctx);
      saidMs = nowMs;
    }
    for (const channel of await dueChannels(ctx)) {
      if (busy.has(channel)) continue;
      const work = deliverChannel(ctx, channel, signal).catch(failed);
      busy.set(
        channel,
        work.finally(() => busy.delete(channel)),
      );
    }
  };
  await atIntervals(lookEveryMs, signal, look, failed);
  await Promise.all(busy.values());
}

const channelsOf = ({ config }: Pick<Needs, 'config'>): SendingChannel[] =>
  sendingChannels.filter((channel) => config.notifications[channel] !== null);

/**
 * Writes which channels this worker is configured for: happenings are announced to those that some worker has. What waits
 * for one that no worker has any more is skipped after an hour, since a roll-out may bring it back.
 */
export async function sayChannels(ctx: Pick<Needs, 'db' | 'clock' | 'config'>): Promise<void> {
  const nowMs = ctx.clock.now();
  const before = (ms: number) => new Date(nowMs - ms);
  const said = { channels: [...sendingChannels], configured: channelsOf(ctx), now: new Date(nowMs) };
  await ctx.db.transaction(async (tx) => {
    await tx.query(saveChannels, { ...said, lookedSince: before(lookMostMs) });
    const why = 'The channel is not configured any more.';
    await tx.query(skipUnconfigured, { why, lookedSince: before(skipAfterMs) });
  });
}

async function dueChannels(ctx: Needs): Promise<SendingChannel[]> {
  const channels = channelsOf(ctx);
  if (channels.length === 0) return [];
  const nowMs = ctx.clock.now();
  const quiet = isQuiet(ctx.config.notifications.quiet, nowMs);
  return ctx.db.query(selectDueChannels, { channels, now: new Date(nowMs), quiet });
}

/** Sends what is due now. Returns how many messages arrived. */
export async function deliverDue(ctx: Needs): Promise<number> {
  const sent = await Promise.all((await dueChannels(ctx)).map((channel) => deliverChannel(ctx, channel)));
  return sent.reduce((sum, each) => sum + each, 0);
}

/** Until nothing is due, a try fails, or the worker ends. */
async function deliverChannel(ctx: Needs, channel: SendingChannel, signal?: AbortSignal): Promise<number> {
  const { config, clock, db } = ctx;
  let sent = 0;
  while (sent < messagesMost && !signal?.aborted) {
    const nowMs = clock.now();
    const quiet = isQuiet(config.notifications.quiet, nowMs);
    const claimed = await db.transaction((tx) => claimNext(tx, { channel, nowMs, quiet }));
    if (!claimed) break;
    if (!(await deliver(ctx, claimed))) break;
    sent += 1;
  }
  return sent;
}

async function deliver({ config, clock, db, log }: Needs, claimed: Claimed): Promise<boolean> {
  const { channel, kind, key, caseId, content, unknown, madeAtMs } = claimed;
  const message = messageOf(content, {
    key,
    kind,
    caseId,
    environment: config.environment.name,
    atMs: madeAtMs,
    mayRepeat: unknown > 0,
    baseUrl: config.web.baseUrl,
  });
  const outcome = await send(config.notifications, channel, message, { nowMs: clock.now(), timeoutMs });
  if (outcome.kind === 'failed')
    log.warn({ channel, key, reason: outcome.detail }, `a notification failed. ${outcome.sentence}`);
  else if (outcome.remark) log.warn({ channel, key }, outcome.remark);
  // A result that is lost is a message that may be sent once more, so it is worth a wait.
  const isSilent = (error: unknown) => error instanceof AppError && error.code === 'unavailable';
  await patiently({ msFor: (error) => (isSilent(error) ? settleForMs : 0) }, () =>
    db.transaction((tx) => settle(tx, claimed, outcome, clock.now())),
  );
  return outcome.kind === 'sent';
}
