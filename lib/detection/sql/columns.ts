import { quoteName, quoteTable } from '@/lib/clickhouse/names';
import { bareType, isPlainExpression } from '@/lib/customers/catalogue';
import type { CustomerTables, TableFacts } from '@/lib/customers/model';

/** The expressions that turn one side's columns, of whatever supported type, into the numbers detection compares. */
export type SideNames = {
  table: string;
  /** cityHash64 of the conversation id, and of the other parts; '' and NULL alike. */
  id: string;
  agent: string;
  useCase: string;
  owner: string;
  idText: string;
  customerText: string;
  profileText: string;
  agentText: string;
  useCaseText: string;
  /** 1 where the row is of another customer. Takes `{customerId:String}`. */
  foreign: string;
  start: string;
  endMs: string;
  endHour: string;
  /** The version as Int64, and how many of its units are a millisecond. */
  version: string;
  versionPerMs: number;
};

export type DetectionNames = {
  truth: SideNames;
  labels: SideNames;
  /** Columns of the row table that together are the label key; `keyHash` is the expression of its column `y`, if any. */
  keyColumns: string[];
  keyHash: string | null;
};

const isNullable = (type: string) => /(^|\()Nullable\(/.test(type);

/** Reads the catalogue's column types once; every statement of the room is made from the result. */
export function detectionNames(tables: CustomerTables): DetectionNames {
  return { truth: sideOf(tables.truth), labels: sideOf(tables.labels), ...keyOf(tables.labels) };
}

function sideOf(facts: TableFacts): SideNames {
  const typeOf = (column: string) => facts.columns[column] ?? '';
  const filled = (column: string) =>
    isNullable(typeOf(column)) ? `ifNull(${quoteName(column)}, '')` : quoteName(column);
  const orZero = (column: string, expression: string) =>
    isNullable(typeOf(column)) ? `ifNull(${expression}, 0)` : expression;
  const ms = (column: string) =>
    isFine(typeOf(column))
      ? `toUnixTimestamp64Milli(${quoteName(column)})`
      : `toInt64(toUnixTimestamp(${quoteName(column)})) * 1000`;
  const end = 'conversation_end_time';
  const version = versionOf(facts.versionColumn, typeOf(facts.versionColumn));
  return {
    table: quoteTable(facts.distributed),
    id: `cityHash64(${filled('conversation_id')})`,
    agent: `toUInt64(cityHash64(${filled('agent_user_id')}))`,
    // NOTE: the hash of a LowCardinality is one too, and arithmetic on that is slow.
    useCase: `toUInt64(cityHash64(${filled('usecase_id')}))`,
    owner: `cityHash64(${filled('customer_id')}, ${filled('profile_id')})`,
    idText: `toString(${filled('conversation_id')})`,
    customerText: `toString(${filled('customer_id')})`,
    profileText: `toString(${filled('profile_id')})`,
    agentText: `toString(${filled('agent_user_id')})`,
    useCaseText: `toString(${filled('usecase_id')})`,
    foreign: `${filled('customer_id')} != {customerId:String}`,
    start: quoteName('conversation_start_time'),
    endMs: orZero(end, ms(end)),
    endHour: orZero(end, `toUInt32(toStartOfHour(${quoteName(end)}, 'UTC'))`),
    version: orZero(facts.versionColumn, version.expression),
    versionPerMs: version.perMs,
  };
}

const isFine = (type: string) => bareType(type).startsWith('DateTime64');

/** Every unit of the version is kept: rounding would make two versions equal. */
function versionOf(column: string, type: string): { expression: string; perMs: number } {
  const name = quoteName(column);
  if (!isFine(type)) return { expression: `toInt64(toUnixTimestamp(${name})) * 1000`, perMs: 1 };
  const digits = Number(bareType(type).match(/^DateTime64\((\d)/)?.[1] ?? 3);
  if (digits <= 3) return { expression: `toUnixTimestamp64Milli(${name})`, perMs: 1 };
  if (digits <= 6) return { expression: `toUnixTimestamp64Micro(${name})`, perMs: 1_000 };
  return { expression: `toUnixTimestamp64Nano(${name})`, perMs: 1_000_000 };
}

/**
 * The label key in terms of the row table: what is a plain part of it is there already, anything else goes into one
 * hash. A NULL agent is another key than '' (both are unassigned, but the engine keeps two rows).
 */
function keyOf(labels: CustomerTables['labels']): { keyColumns: string[]; keyHash: string | null } {
  const columns = new Set<string>();
  const hashed: string[] = [];
  const plain = labels.key.map((expression) => expression.replaceAll('`', ''));
  const ownerInKey = plain.includes('customer_id') && plain.includes('profile_id');
  plain.forEach((expression, at) => {
    const type = labels.columns[expression] ?? '';
    const endIsUtc = /'(Etc\/)?UTC'/.test(labels.columns.conversation_end_time ?? '');
    if (expression === 'conversation_id') return;
    if (ownerInKey && (expression === 'customer_id' || expression === 'profile_id')) columns.add('c');
    else if (expression === 'agent_user_id' && !isNullable(type)) columns.add('g');
    else if (expression === 'usecase_id' && !isNullable(type)) columns.add('u');
    else if (expression === 'toStartOfHour(conversation_end_time)' && endIsUtc) columns.add('hr');
    else hashed.push(labels.key[at] as string);
  });
  if (hashed.length === 0) return { keyColumns: [...columns], keyHash: null };
  const parts = hashed.filter(isPlainExpression).map((expression) => `ifNull(toString(${expression}), '\\0')`);
  return { keyColumns: [...columns, 'y'], keyHash: `cityHash64(${parts.join(', ')})` };
}
