import type { Context } from '@/lib/context';
import { launcherPlace } from '@/lib/jobs/create-launcher';
import { guarded } from './guarded';
import { type HealthPart, type HealthReport, worstOf } from './model';
import { chatsPart, clickhousePart, postgresPart, wayPart } from './read-engines';
import { holdsAsSeenHere } from './read-holds';
import { factsOf, launcherAsSeenHere } from './read-launcher';
import { notificationsAsSeenHere } from './read-notifications';
import { retentionAsKept } from './read-retention';
import { noState, queuePart, readState, scansPart, workerLauncherPart, workerPart } from './read-work';

/**
 * Asks every engine, each question for five seconds at most and each part for ten, and reports what is connected,
 * as which user and with which rights. Never throws: an engine that does not answer is a failed part with a sentence.
 */
export async function readHealth(ctx: Context): Promise<HealthReport> {
  const [clickhouse, way, postgres, chats, launcher, state, holds, notifications, retention] = await Promise.all([
    clickhousePart(ctx),
    wayPart(ctx),
    postgresPart(ctx),
    chatsPart(ctx),
    launcherPart(ctx),
    readState(ctx),
    guarded(ctx, 'holds', {}, () => holdsAsSeenHere(ctx)),
    notificationsPart(ctx),
    guarded(ctx, 'retention', {}, () => retentionAsKept(ctx)),
  ]);
  const jobs = [launcher, ...workerLauncherPart(ctx, state)];
  const parts = [
    clickhouse,
    way,
    postgres,
    chats,
    ...jobs,
    workerPart(state),
    queuePart(state),
    scansPart(state),
    holds,
    notifications,
    retention,
  ];
  return { status: worstOf(parts), parts, ...(state ?? noState) };
}

/** ClickHouse and the console's database, over connections that are open. Like `readHealth`, it never throws. */
export async function readEngineParts(ctx: Context): Promise<HealthPart[]> {
  return Promise.all([clickhousePart(ctx), postgresPart(ctx)]);
}

/** The parts without which nothing can be shown or repaired. Like `readHealth`, it never throws. */
export async function readEngines(ctx: Context): Promise<HealthPart[]> {
  const [engines, worker] = await Promise.all([readEngineParts(ctx), readState(ctx).then(workerPart)]);
  return [...engines, worker];
}

/** The parts that open connections to be looked at, or ask the platform of Jobs. Like `readHealth`, it never throws. */
export async function readOtherParts(ctx: Context): Promise<HealthPart[]> {
  const [parts, state] = await Promise.all([
    Promise.all([wayPart(ctx), chatsPart(ctx), launcherPart(ctx), notificationsPart(ctx)]),
    readState(ctx),
  ]);
  return [...parts, ...workerLauncherPart(ctx, state)];
}

/**
 * The console's database, without which no page can be shown. ClickHouse is not part of it: if it is down, the pages
 * say so, while a pod that is not ready would leave people with a 503 of their Ingress.
 */
export async function readReady(ctx: Context): Promise<HealthPart[]> {
  return [await postgresPart(ctx)];
}

async function launcherPart(ctx: Context): Promise<HealthPart> {
  return guarded(ctx, 'launcher', factsOf(launcherPlace(ctx.config)), () => launcherAsSeenHere(ctx));
}

const notificationsPart = (ctx: Context): Promise<HealthPart> =>
  guarded(ctx, 'notifications', {}, () => notificationsAsSeenHere(ctx));
