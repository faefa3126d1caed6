import { getCustomer } from '@/lib/customers/get-customer';
import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import { flagsOf } from '../flags';
import type { DetectionContext } from '../judge/classify-scope';
import { classifyDay } from '../judge/quick-check';
import { DetectionSession } from '../judge/session';
import { askedTable, createAsked, insertAsked } from '../judge/sql/asked';
import { selectBucketEvidence, selectPage } from '../judge/sql/evidence';
import { packHashes } from '../judge/sql/packed';
import type { Verdict } from '../judge/verdicts';
import { type ConversationEvidence, ConversationsQuery, type EvidenceRow } from '../model';
import {
  byConversation,
  type DayQuery,
  type JudgedDay,
  type JudgedRow,
  notLookedAt,
  readEvidence,
  selection,
  withVerdict,
} from './list-conversations';

/** Conversations that are read and held at a time. */
const bucketRows = 20_000;
/** A file may take as long as a scan would. */
const secondsMax = 600;
/** Conversations of which rows on other days are looked for at a time. */
const asideRows = 500;

const iso = (ms: number) => new Date(ms).toISOString();
const endOf = (row: EvidenceRow) => (row.endAtMs === 0 ? 'open' : iso(row.endAtMs));

const side = (name: string, rowOf: (row: ConversationEvidence) => EvidenceRow | null | undefined) => {
  const of = (read: (row: EvidenceRow) => string) => (conversation: ConversationEvidence) => {
    const row = rowOf(conversation);
    return row ? read(row) : null;
  };
  return {
    [`${name}_profile`]: of((row) => row.profileId),
    [`${name}_agent`]: of((row) => row.agent),
    [`${name}_use_case`]: of((row) => row.useCase),
    [`${name}_start`]: of((row) => iso(row.startAtMs)),
    [`${name}_end`]: of(endOf),
    [`${name}_updated`]: of((row) => iso(row.updatedAtMs)),
  };
};

const columns: Columns<ConversationEvidence> = {
  conversation: (row) => row.conversationId,
  judged: (row) => row.class,
  flags: (row) => flagsOf(row.flags).join(' '),
  ...side('truth', ({ truth }) => truth),
  label_rows: (row) => row.labels.length,
  ...side('label', ({ labels }) => labels[0]),
};

const rowOfLine = (row: EvidenceRow) => ({
  customer: row.customerId,
  profile: row.profileId,
  agent: row.agent,
  useCase: row.useCase,
  start: iso(row.startAtMs),
  end: row.endAtMs === 0 ? null : iso(row.endAtMs),
  updated: iso(row.updatedAtMs),
});
const lineOf = ({ conversationId, class: judged, flags, truth, labels }: ConversationEvidence) => ({
  conversation: conversationId,
  judged,
  flags: flagsOf(flags),
  truth: truth && rowOfLine(truth),
  labels: labels.map(rowOfLine),
});

/**
 * Every conversation of a day that a filter of the day’s page finds, as a file. The day is judged once; its conversations
 * are then read by parts of their hashes, so that one part is in memory at a time. Throws AppError('limit') where the day
 * cannot be judged within ten minutes.
 */
export async function exportConversations(
  ctx: DetectionContext,
  { query: input, format, atOnce = bucketRows }: { query: ConversationsQuery; format: ExportFormat; atOnce?: number },
): Promise<AsyncGenerator<string>> {
  const query = ConversationsQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  const detection = { ...ctx.config.detection, quickSecondsMax: secondsMax };
  const patient = { ...ctx, config: { ...ctx.config, detection } };
  const day = await classifyDay(patient, { customer, day: query.day, whole: false });
  const lacks = new Set(notLookedAt(day, 'everywhere'));
  async function* batches() {
    const buckets = Math.ceil(Math.max(1, expected(day, query)) / atOnce);
    for (let bucket = 0; bucket < buckets; bucket++) yield await readBucket(day, query, { bucket, buckets, lacks });
  }
  const ending = () => [...lacks].join(' ') || null;
  return exportRows(format, columns, batches(), { ending, line: lineOf });
}

/** How many conversations there are at most, about. */
function expected({ classified }: JudgedDay, query: DayQuery): number {
  let judged = 0;
  for (const _ of classified.verdicts()) judged += 1;
  const isAll =
    query.class === 'open' || query.class === 'fresh' || (query.class === undefined && query.flags === null);
  return judged + (isAll ? (classified.days[0]?.conversations ?? 0) : 0);
}

async function readBucket(
  day: JudgedDay,
  query: DayQuery,
  { bucket, buckets, lacks }: { bucket: number; buckets: number; lacks: Set<string> },
): Promise<ConversationEvidence[]> {
  const judged = byConversation(inBucket(day.classified.verdicts(), bucket, buckets));
  const { mode, asked } = selection(query, judged);
  const session = new DetectionSession(day.engine, day.limits);
  try {
    await session.run(createAsked, {}, undefined);
    for (const hashes of packHashes(asked)) await session.run(insertAsked, { hashes, chunk: 1 }, undefined);
    const { agent = null, useCase = null, search = '' } = query;
    const part = { ...day.read, bucket, buckets };
    const wanted = { mode, agent, useCase, search, rowsMax: 10 * bucketRows, offset: 0 };
    const page = await session.read(selectPage, { ...part, ...wanted }, day.columns);
    if (page.length === 0) return [];
    const names = { columns: day.columns, key: day.tables.labels.key };
    const found = await session.read(selectBucketEvidence, { ...part }, names);
    const rowsOf = new Map<string, typeof found>();
    for (const row of found) {
      const own = rowsOf.get(row.conversationId);
      if (own) own.push(row);
      else rowsOf.set(row.conversationId, [row]);
    }
    const rows = page.map(({ hash, conversationId }): JudgedRow => {
      const own = rowsOf.get(conversationId) ?? [];
      const truths = own.filter(({ isLabel }) => !isLabel).map(({ evidence }) => evidence);
      return {
        hash,
        conversationId,
        flags: 0,
        class: 'fresh',
        truth: truths.find(({ customerId }) => customerId === day.customer.id) ?? null,
        labels: own.filter(({ isLabel }) => isLabel).map(({ evidence }) => evidence),
      };
    });
    return (await withOtherDays(day, rows, lacks)).map((row) => withVerdict(row, judged));
  } finally {
    await session.close([askedTable]);
  }
}

function* inBucket(verdicts: Iterable<Verdict>, bucket: number, buckets: number): Generator<Verdict> {
  for (const verdict of verdicts) if (verdict.id % BigInt(buckets) === BigInt(bucket)) yield verdict;
}

/** Of what has only one side on the day, the rows of other days, as the page shows them. */
async function withOtherDays(day: JudgedDay, rows: JudgedRow[], lacks: Set<string>): Promise<JudgedRow[]> {
  const oneSided = rows.filter(
    ({ truth, labels }) => (truth ? truth.endAtMs !== 0 : true) && (!truth || labels.length === 0),
  );
  const whole = new Map<bigint, JudgedRow>();
  for (let at = 0; at < oneSided.length; at += asideRows) {
    const { rows: found, reached } = await readEvidence(day, oneSided.slice(at, at + asideRows));
    for (const row of found) whole.set(row.hash, row);
    for (const sentence of notLookedAt(day, reached)) lacks.add(sentence);
  }
  return rows.map((row) => whole.get(row.hash) ?? row);
}
