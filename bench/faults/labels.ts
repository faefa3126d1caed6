import type { Arrivals } from './arrivals';
import type { Subject } from './customers';
import { selectChatRows } from './sql';
import type { FaultStack } from './stack';

type Row = {
  profile: string;
  id: string;
  agent: string;
  use_case: string;
  start_ms: number;
  end_ms: number;
  version_ms: number;
};

/** One line for each violation; `more` is its evidence. */
export type Violation = { rule: string; sentence: string; more?: unknown };

const shown = 10;
const conversationKey = ({ profile, id }: { profile: string; id: string }) => `${profile}/${id}`;

/** Who has a label now, as `profile/conversation`. */
export async function labelledOf(stack: FaultStack, { customer }: Pick<Subject, 'customer'>): Promise<Set<string>> {
  return new Set((await labelRowsIn(stack, customer.database, 'conversation_with_labels')).map(conversationKey));
}

/** Conversations that were labelled, also by the cron, have a chat, and have no label now. */
export async function lostOf(
  stack: FaultStack,
  { customer }: Subject,
  before: Set<string>,
  arrivals: Arrivals,
): Promise<{ key: string; startMs: number }[]> {
  const [truthRows, labelled, chats] = await Promise.all([
    labelRowsIn(stack, customer.database, 'conversation'),
    labelledOf(stack, { customer }),
    stack.chats.query(selectChatRows, { customerId: customer.id }),
  ]);
  const truth = newest(truthRows, conversationKey);
  const withChat = new Set(chats.map((chat) => `${chat.profile_id}/${chat.id}`));
  const once = [...before, ...[...(arrivals.labelled.get(customer.id) ?? [])].map((id) => profiled(truth, id))];
  return once
    .filter((key) => withChat.has(key) && !labelled.has(key))
    .map((key) => ({ key, startMs: truth.get(key)?.start_ms ?? 0 }));
}

/** Every stored row, without FINAL and without any code of the console: the comparison is made here. */
async function labelRowsIn(stack: FaultStack, database: string, table: string): Promise<Row[]> {
  const result = await stack.admin.client.query({
    query: `SELECT profile_id AS profile, conversation_id AS id, ifNull(agent_user_id, '') AS agent,
        toString(usecase_id) AS use_case,
        toInt64(toUnixTimestamp64Milli(conversation_start_time)) AS start_ms,
        toInt64(toUnixTimestamp64Milli(conversation_end_time)) AS end_ms,
        toInt64(toUnixTimestamp64Milli(update_time)) AS version_ms
      FROM ${database}.${table}`,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  return result.json<Row>();
}

/** The newest row of each group; of equally new ones, the last. */
function newest(rows: readonly Row[], by: (row: Row) => string): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const before = found.get(by(row));
    if (!before || row.version_ms >= before.version_ms) found.set(by(row), row);
  }
  return found;
}

/** The label key: rows with the same key are one label. */
const labelKey = (row: Row) =>
  `${Math.floor(Math.max(0, row.end_ms) / 3_600_000)}/${row.agent}/${row.id}/${row.profile}`;

/**
 * Compares truth, labels and chats of a customer. In the ten days each closed conversation has exactly one label, which
 * equals the truth, and no label lacks its truth. On all days, a conversation with a chat that once had a label still
 * has one, and no conversation has two. New conversations are labelled once by the cron, and may be stale.
 */
export async function checkLabels(
  stack: FaultStack,
  subject: Subject,
  before: Set<string>,
  arrivals: Arrivals,
): Promise<Violation[]> {
  const { customer, range } = subject;
  const [truthRows, labelRows, chats] = await Promise.all([
    labelRowsIn(stack, customer.database, 'conversation'),
    labelRowsIn(stack, customer.database, 'conversation_with_labels'),
    stack.chats.query(selectChatRows, { customerId: customer.id }),
  ]);
  const truth = newest(truthRows, conversationKey);
  const labels = [...newest(labelRows, labelKey).values()];
  const byConversation = new Map<string, Row[]>();
  for (const label of labels)
    byConversation.set(conversationKey(label), [...(byConversation.get(conversationKey(label)) ?? []), label]);
  const chatOf = new Map(chats.map((chat) => [`${chat.profile_id}/${chat.id}`, chat]));
  const inRange = (row: Row) => row.start_ms >= range.fromMs && row.start_ms < range.toMs;

  const wrong: unknown[] = [];
  const missing: string[] = [];
  const disagree: unknown[] = [];
  for (const [key, row] of truth) {
    const chat = chatOf.get(key);
    if (!chat || chat.agent !== row.agent || chat.usecase_id !== row.use_case || chat.end_ms !== row.end_ms)
      disagree.push({ truth: row, chat });
    if (!inRange(row) || row.end_ms === 0) continue;
    const its = byConversation.get(key) ?? [];
    if (its.length === 0) missing.push(key);
    for (const label of its) if (!sameLabel(row, label)) wrong.push({ truth: row, label });
  }
  const twice = [...byConversation.values()].filter((its) => its.length > 1);
  const orphans = labels.filter((label) => inRange(label) && !truth.has(conversationKey(label)));
  const once = [...before, ...[...(arrivals.labelled.get(customer.id) ?? [])].map((id) => profiled(truth, id))];
  const lost = once.filter((key) => chatOf.has(key) && !byConversation.has(key));

  const found: Violation[] = [];
  const tell = (rule: string, sentence: string, rows: readonly unknown[]) => {
    if (rows.length > 0)
      found.push({ rule, sentence: `${customer.id}: ${rows.length} ${sentence}`, more: rows.slice(0, shown) });
  };
  tell('truth and labels agree', 'labels of the ten days are not the truth', wrong);
  tell('truth and labels agree', 'closed conversations of the ten days have no label', missing);
  tell('truth and labels agree', 'labels of the ten days have no truth', orphans);
  tell('no row lost', 'conversations were labelled, have a chat, and have no label', lost);
  tell('nothing twice', 'conversations have more than one label key', twice);
  tell('the bench itself', 'conversations differ between truth and chats, which the bench wrote', disagree);
  return found;
}

const sameLabel = (truth: Row, label: Row) =>
  truth.agent === label.agent &&
  truth.use_case === label.use_case &&
  truth.start_ms === label.start_ms &&
  truth.end_ms === label.end_ms;

function profiled(truth: Map<string, Row>, id: string): string {
  for (const [key, row] of truth) if (row.id === id) return key;
  return id;
}
