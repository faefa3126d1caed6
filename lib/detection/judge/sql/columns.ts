import { quoteName, quoteTable } from '@/lib/clickhouse/names';
import { bareType, isPlainExpression } from '@/lib/customers/catalogue';
import type { CustomerTables, TableFacts } from '@/lib/customers/model';
import { endMsOf, isOpenEnd, msOf } from '@/lib/customers/sql/ends';

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
  /** As it is, for the key's sake; NULL lies in no range. */
  start: string;
  startMs: string;
  /** The customer's day of the start, in days since 1970. Takes `{timeZone:String}`. */
  day: string;
  /** 0 where the conversation is open. */
  endMs: string;
  /** The key's hour, and 1 more where the conversation is open: no closed one has such an hour. */
  endHour: string;
  /** The version as Int64, and how many of its units are a millisecond. */
  version: string;
  versionPerMs: number;
  /** Int256 by which the newest row of a key is the one that FINAL keeps, before a merge and after it. */
  order: string;
};

export type DetectionNames = {
  truth: SideNames;
  labels: SideNames;
  /** Columns of the row table that together are the label key; `keyHash` is the expression of its column `y`, if any. */
  keyColumns: string[];
  keyHash: string | null;
  /** The whole label key as one hash, for the label table itself. */
  labelKey: string;
};

const isNullable = (type: string) => /(^|\()Nullable\(/.test(type);

/** Reads the catalogue's column types once; every statement of the room is made from the result. */
export function detectionNames(tables: CustomerTables): DetectionNames {
  return {
    truth: sideOf(
      tables.truth,
      tables.truth.key.filter((expression) => !isOwner(expression)),
    ),
    labels: sideOf(tables.labels, []),
    ...keyOf(tables.labels),
    labelKey: hashOf(tables.labels.key),
  };
}

/** `keyBeside`: what of the sorting key may differ between rows that are compared. */
function sideOf(facts: TableFacts, keyBeside: readonly string[]): SideNames {
  const typeOf = (column: string) => facts.columns[column] ?? '';
  const filled = (column: string) =>
    isNullable(typeOf(column)) ? `ifNull(${quoteName(column)}, '')` : quoteName(column);
  const orZero = (column: string, expression: string) =>
    isNullable(typeOf(column)) ? `ifNull(${expression}, 0)` : expression;
  const end = typeOf('conversation_end_time');
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
    startMs: orZero('conversation_start_time', msOf('conversation_start_time', typeOf('conversation_start_time'))),
    day: `toUInt16(${orZero('conversation_start_time', 'toDate(conversation_start_time, {timeZone:String})')})`,
    endMs: endMsOf(end),
    endHour: `toUInt32(${orZero('conversation_end_time', "toStartOfHour(conversation_end_time, 'UTC')")}) + toUInt32(${isOpenEnd(end)})`,
    version: orZero(facts.versionColumn, version.expression),
    versionPerMs: version.perMs,
    order: orderOf(orZero(facts.versionColumn, version.expression), keyBeside),
  };
}

const isOwner = (expression: string) =>
  ['conversation_id', 'customer_id', 'profile_id'].includes(expression.replaceAll('`', ''));

const block = `CAST(extract(_part, '^[^_]*_([0-9]+)_'), 'UInt64')`;
const partition = `CAST(reinterpretAsUInt64(reverse(rightPad(substring(_partition_id, 1, 8), 8, '0'))), 'UInt64')`;

/** Where a row lies, as Int256: of two rows of one key and version FINAL keeps the one of the higher place. */
export const placeOfRow = `bitShiftLeft(toInt256(${partition}), 64) + toInt256(bitShiftLeft(${block}, 32) + _part_offset)`;

/**
 * ReplacingMergeTree keeps the highest version of a sorting key and, of equal ones, the last inserted: the last row of
 * the last part, by partition, then block. A merge changes none of these between two rows that it leaves. Rows of
 * different keys stay both; of equal versions the hash of what differs in their keys decides.
 */
function orderOf(version: string, keyBeside: readonly string[]): string {
  const beside = keyBeside.filter(isPlainExpression).join(', ');
  return [
    `bitShiftLeft(toInt256(${version}), 192)`,
    ...(beside === '' ? [] : [`bitShiftLeft(toInt256(ifNull(cityHash64(${beside}), 0)), 128)`]),
    placeOfRow,
  ].join(' + ');
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
    const end = labels.columns.conversation_end_time ?? '';
    const endIsUtc = /'(Etc\/)?UTC'/.test(end) && !isNullable(end);
    if (expression === 'conversation_id') return;
    if (ownerInKey && isOwner(expression) && !isNullable(type)) columns.add('c');
    else if (expression === 'agent_user_id' && !isNullable(type)) columns.add('g');
    else if (expression === 'usecase_id' && !isNullable(type)) columns.add('u');
    else if (expression === 'toStartOfHour(conversation_end_time)' && endIsUtc) columns.add('hr');
    else hashed.push(labels.key[at] as string);
  });
  if (hashed.length === 0) return { keyColumns: [...columns], keyHash: null };
  return { keyColumns: [...columns, 'y'], keyHash: hashOf(hashed) };
}

/** NULL is a value of its own, as it is in a sorting key. */
const hashOf = (expressions: readonly string[]): string =>
  `cityHash64(${expressions
    .filter(isPlainExpression)
    .map((expression) => `ifNull(toString(${expression}), '\\0')`)
    .join(', ')})`;
