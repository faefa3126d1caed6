import type { Db } from '@/lib/postgres/client';
import { sendingChannels } from '../model';
import { allRules } from '../rules-model';
import { selectChangedRules } from '../sql/rules';
import { selectCases, selectChannels } from '../sql/view';
import type { ChannelView, NotificationsView, RuleView } from '../view-model';

type Reads = { db: Db };
const casesMost = 100;

/** The channels, the rules, and the open cases with what was sent of them. */
export async function readNotifications({ db }: Reads): Promise<NotificationsView> {
  const [channels, rules, cases] = await Promise.all([
    readChannels({ db }),
    readRules({ db }),
    db.query(selectCases, { rowsMax: casesMost }),
  ]);
  return {
    channels,
    rules,
    cases: cases.map(({ open: _, ...one }) => one),
    casesOpen: cases[0]?.open ?? 0,
  };
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
