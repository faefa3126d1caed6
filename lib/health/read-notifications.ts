import type { Context } from '@/lib/context';
import { readChannels } from '@/lib/notifications/view/read-notifications';
import { type ChannelView, verdictOf } from '@/lib/notifications/view-model';
import { formatNumber, listed } from '@/lib/words';
import type { HealthPart } from './model';

/** Whether people hear of what happens, by each channel that is configured. */
export async function notificationsAsSeenHere(ctx: Pick<Context, 'db' | 'clock'>): Promise<Omit<HealthPart, 'name'>> {
  const nowMs = ctx.clock.now();
  const judged = (await readChannels(ctx))
    .filter(({ configured }) => configured)
    .map((channel) => ({ channel, verdict: verdictOf(channel, nowMs) }));
  const facts = Object.fromEntries(judged.map(({ channel }) => [channel.channel, factOf(channel)]));
  if (judged.length === 0) {
    const sentence = 'No channel is configured, so nobody hears of anything who does not look at the console.';
    return { status: 'unset', sentence, facts };
  }
  const isIn = (state: 'dead' | 'troubled') => judged.some(({ verdict }) => verdict.state === state);
  const status = isIn('dead') ? 'failed' : isIn('troubled') ? 'warning' : 'ok';
  const said = judged
    .filter(({ verdict }) => verdict.state === 'dead' || verdict.state === 'troubled')
    .map(({ channel, verdict }) => `By ${channel.channel}: ${verdict.sentence}`);
  const names = listed(judged.map(({ channel }) => channel.channel));
  return { status, sentence: said.join(' ') || `People hear of what happens by ${names}.`, facts };
}

function factOf({ sentAtMs, failed, waiting, givenUp }: ChannelView): string {
  const last = sentAtMs === null ? 'nothing sent yet' : `last sent ${timeOf(sentAtMs)}`;
  return `${last}, ${formatNumber(waiting)} waiting, ${formatNumber(failed)} failed, ${formatNumber(givenUp)} given up`;
}

const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
