import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { type CaseContent, type Happening, nextKind } from './model';
import { concerns, reaches, standardRule } from './rules-model';
import { insertDeliveries, resolveCases, selectLastDeliveries, upsertCases } from './sql/cases';
import { selectRoutes } from './sql/rules';

/** What happens within this time of a new case is sent together with it. */
const collectMs = 10_000;
/** Two messages of one case are this far apart, unless it is another event. */
const apartMs = 30 * 60_000;

/**
 * Opens the case of a happening, or updates it, in the caller's transaction. Rules decide which channels get a message,
 * and only if people would act differently on it. It may be called with what is known already: that changes nothing.
 */
export const announce = (tx: Transaction, happening: Happening): Promise<void> => announceAll(tx, [happening]);

/** `announce` of many happenings with four statements; of two with the same key the last one counts. */
export async function announceAll(tx: Transaction, happenings: readonly Happening[]): Promise<void> {
  const byKey = new Map(happenings.map((one) => [one.caseKey, one]));
  if (byKey.size === 0) return;
  const changed = await tx.query(upsertCases, { cases: storedJson([...byKey.values()].map(caseOf)) });
  if (changed.length === 0) return;
  const routes = await tx.query(selectRoutes);
  if (routes.length === 0) return;
  const known = await tx.query(selectLastDeliveries, { caseIds: changed.map(({ id }) => id) });
  const deliveries = changed.flatMap(({ id, caseKey }) => {
    const happening = byKey.get(caseKey);
    if (!happening) return [];
    return routes.flatMap(({ channel, rules }) => {
      const rule = rules.find(({ event }) => event === happening.event) ?? standardRule(happening.event, channel);
      const last = known.find((one) => one.caseId === id && one.channel === channel) ?? null;
      const kind = nextKind(last, contentOf(happening));
      if (kind === null || !concerns(rule, happening.customerId)) return [];
      if (kind === 'opened' && !reaches(rule, happening.measure)) return [];
      const isOther = last?.content?.event !== happening.event;
      const waits = { wait_ms: collectMs, apart_ms: isOther ? 0 : apartMs };
      return [{ case_id: id, channel, kind, urgent: rule.urgent, ...waits }];
    });
  });
  if (deliveries.length > 0) await tx.query(insertDeliveries, { deliveries: storedJson(deliveries) });
}

/**
 * Resolves the open case of a key in the caller's transaction, with a sentence that says what became of it. Channels that
 * heard of the case hear of this; where there is no such case, nothing happens.
 */
export const resolveCase = (tx: Transaction, caseKey: string, sentence: string): Promise<void> =>
  resolveAll(tx, [caseKey], sentence);

/** `resolveCase` of many keys with one sentence. */
export async function resolveAll(tx: Transaction, caseKeys: readonly string[], sentence: string): Promise<void> {
  if (caseKeys.length > 0) await tx.query(resolveCases, { caseKeys: [...caseKeys], sentence });
}

const contentOf = (happening: Happening): CaseContent => ({
  event: happening.event,
  title: happening.title,
  lines: happening.lines,
  path: happening.path,
  customerId: happening.customerId,
  affected: happening.measure?.affected ?? null,
});

const caseOf = ({ measure, ...one }: Happening) => ({
  case_key: one.caseKey,
  event: one.event,
  customer_id: one.customerId,
  title: one.title,
  lines: one.lines,
  path: one.path,
  affected: measure?.affected ?? null,
  share: measure?.share ?? null,
  role: one.role ?? null,
});
