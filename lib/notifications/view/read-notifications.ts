import type { Db } from '@/lib/postgres/client';
import { type NotificationEvent, sendingChannels } from '../model';
import { allRules } from '../rules-model';
import { selectChangedRules } from '../sql/rules';
import { countCases, selectCases, selectChannels } from '../sql/view';
import type { ChannelView, NotificationsView, RuleView } from '../view-model';

type Reads = { db: Db };
const casesOfPage = 100;

/** The channels, the rules, and one page (from 0) of the open cases, of one event or any, with what was sent of them. */
export async function readNotifications(
  { db }: Reads,
  { page = 0, event = null }: { page?: number; event?: NotificationEvent | null } = {},
): Promise<NotificationsView> {
  const [channels, rules, [count]] = await Promise.all([
    readChannels({ db }),
    readRules({ db }),
    db.query(countCases, { event }),
  ]);
  const { open, found } = count ?? { open: 0, found: 0 };
  const of = Math.max(1, Math.ceil(found / casesOfPage));
  const at = Math.min(of - 1, page);
  const cases = await db.query(selectCases, { event, rowsMax: casesOfPage, skipped: at * casesOfPage });
  return { channels, rules, cases, casesOpen: open, casesFound: found, casesPage: { at, of } };
}

/** Every channel that the worker sends to, also one that no worker has looked at. */
export async function readChannels({ db }: Reads): Promise<ChannelView[]> {
  const known = await db.query(selectChannels);
  return sendingChannels.map((channel) => known.find((one) => one.channel === channel) ?? { channel, ...unknown });
}

/** The rule of every event and channel. */
export async function readRules({ db }: Reads): Promise<RuleView[]> {
  const rules = allRules(await db.query(selectChangedRules));
  return rules.map((rule) => ({ changedBy: null, changedAtMs: null, ...rule }));
}

const unknown = {
  configured: false,
  lookedAtMs: null,
  waiting: 0,
  failingSinceMs: null,
  blockedUntilMs: null,
  givenUp: 0,
  givenUpAtMs: null,
  sent: 0,
  failed: 0,
  sentAtMs: null,
  failedAtMs: null,
  failure: null,
};
