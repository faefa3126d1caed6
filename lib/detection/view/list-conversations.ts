import type { ClickHouse } from '@/lib/clickhouse/client';
import { getCustomer } from '@/lib/customers/get-customer';
import type { Customer } from '@/lib/customers/model';
import { bitsOf } from '../flags';
import { asFarAsAllowed, type Reach } from '../judge/classify';
import { classOf, type DetectionContext } from '../judge/classify-scope';
import { detectionEngine } from '../judge/engine';
import { classifyDay, quickWithin } from '../judge/quick-check';
import { addCost, DetectionSession, isLimit, noCost } from '../judge/session';
import { askedTable, createAsked, insertAsked } from '../judge/sql/asked';
import { type pageModes, selectEvidence, selectPage } from '../judge/sql/evidence';
import { packHashes } from '../judge/sql/packed';
import { type Verdict, verdictBit } from '../judge/verdicts';
import { type ConversationEvidence, type ConversationSort, type ConversationsPage, ConversationsQuery } from '../model';

export type DayQuery = ReturnType<typeof ConversationsQuery.parse>;

/**
 * A page of a day's conversations with their evidence: truth beside the newest row of each label key. The day is judged
 * again where the last judgement is older than a few seconds. A large day is no failure: the page says what a limit kept
 * from being read. Throws AppError('not_found') for an unknown customer.
 */
export async function listConversations(ctx: DetectionContext, input: ConversationsQuery): Promise<ConversationsPage> {
  const query = ConversationsQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  try {
    return await readPage(await recentDay(ctx, customer, query.day), query);
  } catch (error) {
    if (!isLimit(error)) throw error;
    const seconds = ctx.config.detection.quickSecondsMax;
    return {
      rows: [],
      total: 0,
      provenance: { asOfMs: ctx.clock.now(), ...noCost() },
      notLookedAt: [
        `The conversations of ${query.day} could not be read within ${seconds} seconds or the memory that one read may use. The counts are those of the last scan.`,
      ],
    };
  }
}

async function readPage(day: JudgedDay, query: DayQuery): Promise<ConversationsPage> {
  const judged = byConversation(day.classified.verdicts());
  const { mode, asked } = selection(query, judged);
  const session = new DetectionSession(day.engine, day.limits);
  const provenance = { ...day.classified.provenance };
  try {
    await session.run(createAsked, {}, undefined);
    for (const hashes of packHashes(asked)) await session.run(insertAsked, { hashes, chunk: 1 }, undefined);
    const page = await session.read(
      selectPage,
      {
        ...day.read,
        mode,
        agent: query.agent ?? null,
        useCase: query.useCase ?? null,
        search: query.search ?? '',
        rowsMax: query.rowsMax,
        offset: query.offset,
        bucket: 0,
        buckets: 1,
      },
      { ...day.columns, ...orderOf(query.sort) },
    );
    const evidence = page.length === 0 ? { rows: [], reached: 'everywhere' as const } : await readEvidence(day, page);
    addCost(provenance, session.cost);
    return {
      rows: evidence.rows.map((row) => withVerdict(row, judged)),
      total: page[0]?.total ?? 0,
      provenance,
      notLookedAt: notLookedAt(day, evidence.reached),
    };
  } finally {
    await session.close([askedTable]);
  }
}

/** "-start" is by start, the latest first. */
const orderOf = (sort: DayQuery['sort']) => ({
  sort: sort.replace(/^-/, '') as ConversationSort,
  descending: sort.startsWith('-'),
});

/** A sentence for each read that the limit of rows stopped: the confirm, and that of the rows that are shown. */
export function notLookedAt({ classified, scope }: JudgedDay, evidence: Reach): string[] {
  const sentences: string[] = [];
  if (classified.reached === 'nowhere')
    sentences.push(
      `The day is too large to look on other days for what has only a truth or only a label on ${scope.fromDay}, so "missing" and "orphan" are not settled here. A scan looks everywhere.`,
    );
  else if (classified.reached !== 'everywhere')
    sentences.push(
      'Conversations that have only a truth or only a label were searched for within a week before and after the day. A scan searches everywhere.',
    );
  if (evidence === 'nowhere') sentences.push('Rows of these conversations that start on other days are not shown.');
  else if (evidence !== 'everywhere')
    sentences.push('Rows of these conversations that start more than a week before or after the day are not shown.');
  return sentences;
}

const recentMs = 3_000;
const recentMax = 50;
const recent = new WeakMap<ClickHouse['client'], Map<string, { atMs: number; day: JudgedDay }>>();

/**
 * One judgement serves all requests that a person's paging and typing make within a few seconds after it. One that still
 * runs is not shared, since it ends with the request that asked for it.
 */
async function recentDay(ctx: DetectionContext, customer: Customer, day: string): Promise<JudgedDay> {
  const all = recent.get(ctx.clickhouse.client) ?? new Map<string, { atMs: number; day: JudgedDay }>();
  recent.set(ctx.clickhouse.client, all);
  const key = `${customer.id} ${day}`;
  const known = all.get(key);
  if (known && performance.now() - known.atMs < recentMs)
    return { ...known.day, engine: detectionEngine(ctx, customer.id) };
  const made = await classifyDay(ctx, { customer, day, whole: false });
  const nowMs = performance.now();
  for (const [old, entry] of all) if (all.size >= recentMax || nowMs - entry.atMs >= recentMs) all.delete(old);
  all.set(key, { atMs: nowMs, day: made });
  return made;
}

export type Judged = Map<bigint, Pick<Verdict, 'flags' | 'class' | 'bits'>>;

/** Two truths of one conversation id are shown as one conversation, with the flags of both. */
export function byConversation(verdicts: Iterable<Verdict>): Judged {
  const judged: Judged = new Map();
  for (const { id, flags, class: kind, bits } of verdicts) {
    const known = judged.get(id);
    judged.set(
      id,
      known
        ? { flags: known.flags | flags, class: known.class, bits: known.bits | bits }
        : { flags, class: kind, bits },
    );
  }
  return judged;
}

export function selection(query: DayQuery, judged: Judged): { mode: (typeof pageModes)[number]; asked: bigint[] } {
  const wanted = bitsOf(query.flags ?? []);
  const pick = (keep: (verdict: Pick<Verdict, 'flags' | 'class'>) => boolean) =>
    [...judged].filter(([, verdict]) => keep(verdict)).map(([id]) => id);
  if (query.class === 'open') return { mode: 'open', asked: [] };
  if (query.class === 'fresh') return { mode: 'fresh', asked: pick((verdict) => classOf(verdict) !== 'fresh') };
  if (query.class === 'settling') return { mode: 'listed', asked: pick((verdict) => classOf(verdict) === 'settling') };
  if (query.class === undefined && query.flags === null) return { mode: 'all', asked: [...judged.keys()] };
  return { mode: 'listed', asked: pick(({ flags }) => (wanted === 0 ? flags !== 0 : (flags & wanted) !== 0)) };
}

export type JudgedRow = ConversationEvidence & { hash: bigint };
export type JudgedDay = Awaited<ReturnType<typeof classifyDay>>;

export async function readEvidence(
  { columns, tables, customer, scope, engine, limits, narrow }: JudgedDay,
  page: readonly { hash: bigint; conversationId: string }[],
): Promise<{ rows: JudgedRow[]; reached: Reach }> {
  const [hashes = ''] = packHashes(page.map((row) => row.hash));
  const look = (reach: Reach) => {
    const { fromMs, toMs } = typeof reach === 'object' ? reach : scope;
    const session = new DetectionSession(engine, reach === 'nowhere' ? limits : narrow);
    const bounded = reach !== 'everywhere';
    return session.read(selectEvidence, { fromMs, toMs, hashes }, { columns, key: tables.labels.key, bounded });
  };
  const { found, reached } = await asFarAsAllowed(
    ['everywhere', quickWithin(scope.fromDay, customer.timeZone), 'nowhere'],
    look,
  );
  const rows = page.map(({ hash, conversationId }): JudgedRow => {
    const own = found.filter((row) => row.conversationId === conversationId);
    const truths = own.filter((row) => !row.isLabel).map((row) => row.evidence);
    return {
      hash,
      conversationId,
      flags: 0,
      class: 'fresh',
      truth: truths.find((row) => row.customerId === customer.id) ?? null,
      labels: own.filter((row) => row.isLabel).map((row) => row.evidence),
    };
  });
  return { rows, reached };
}

/** A conversation without a verdict is fresh, or open without a label. */
export function withVerdict({ hash, ...row }: JudgedRow, judged: Judged): ConversationEvidence {
  const verdict = judged.get(hash);
  if (!verdict || (verdict.bits & verdictBit.own) === 0)
    return { ...row, class: row.truth?.endAtMs === 0 ? 'open' : 'fresh' };
  return { ...row, flags: verdict.flags, class: classOf(verdict) };
}
