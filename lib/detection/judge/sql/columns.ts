import { quoteName, quoteTable } from '@/lib/clickhouse/identifiers';
import { bareType, isPlainExpression } from '@/lib/customers/catalogue';
import type { CustomerTables, TableFacts } from '@/lib/customers/model';
import { endMsOf, isOpenEnd, msOf } from '@/lib/customers/sql/ends';

/** Expressions that make the numbers which detection compares from one side's columns, whatever their types. */
export type SideColumns = {
  table: string;
  /**
   * cityHash64 of the conversation id; also of the agent, the use case, and customer with profile. '' and NULL are one.
   */
  conversation: string;
  agent: string;
  useCase: string;
  customerProfile: string;
  idText: string;
  customerText: string;
  profileText: string;
  agentText: string;
  useCaseText: string;
  /** 1 where the row is of another customer. Takes `{customerId:String}`. */
  foreign: string;
  /** The column itself, so that the primary key is used. NULL is in no range. */
  start: string;
  startMs: string;
  /** The customer's day of the start, in days since 1970. Takes `{timeZone:String}`. */
  day: string;
  /** 0 where the conversation is open. */
  endMs: string;
  /** The hour of the end in seconds, and 1 second more where the conversation is open, as no closed one has. */
  endHour: string;
  /** The version as Int64, and how many of its units are a millisecond. */
  version: string;
  versionPerMs: number;
  /** Int256: of the rows of a key, FINAL keeps the one with the highest, before a merge and after it. */
  order: string;
};

type KeyColumn = 'customer_profile' | 'agent' | 'use_case' | 'end_hour' | 'rest_of_key';

export type DetectionColumns = {
  truth: SideColumns;
  labels: SideColumns;
  /** Columns of the row table that together are the label key. */
  keyColumns: KeyColumn[];
  /** The expression of `rest_of_key`, where that is one of them. */
  restOfKey: string | null;
  /** The whole label key as one hash, for statements on the label table itself. */
  labelKey: string;
};

const isNullable = (type: string) => /(^|\()Nullable\(/.test(type);

/** Every statement of detection is made from this result, so that the catalogue's column types are looked at once. */
export function detectionColumns(tables: CustomerTables): DetectionColumns {
  return {
    truth: sideOf(
      tables.truth,
      tables.truth.key.filter((expression) => !isIdentity(expression)),
    ),
    labels: sideOf(tables.labels, []),
    ...labelKeyColumns(tables.labels),
    labelKey: hashOf(tables.labels.key),
  };
}

/** `keyBeside`: the parts of the sorting key in which two rows that are compared may differ. */
function sideOf(facts: TableFacts, keyBeside: readonly string[]): SideColumns {
  const typeOf = (column: string) => facts.columns[column] ?? '';
  const filled = (column: string) =>
    isNullable(typeOf(column)) ? `ifNull(${quoteName(column)}, '')` : quoteName(column);
  const orZero = (column: string, expression: string) =>
    isNullable(typeOf(column)) ? `ifNull(${expression}, 0)` : expression;
  const end = typeOf('conversation_end_time');
  const version = versionOf(facts.versionColumn, typeOf(facts.versionColumn));
  return {
    table: quoteTable(facts.distributed),
    conversation: hashOfId(filled('conversation_id'), typeOf('conversation_id')),
    agent: `toUInt64(cityHash64(${filled('agent_user_id')}))`,
    // NOTE: the hash of a LowCardinality is one too, and arithmetic on that is slow.
    useCase: `toUInt64(cityHash64(${filled('usecase_id')}))`,
    customerProfile: `cityHash64(${filled('customer_id')}, ${filled('profile_id')})`,
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

/** NOTE: the hash of a LowCardinality is one too. */
const hashOfId = (id: string, type: string) =>
  /LowCardinality/.test(type) ? `toUInt64(cityHash64(${id}))` : `cityHash64(${id})`;

/** Two rows that differ in one of these are never compared. */
const isIdentity = (expression: string) =>
  ['conversation_id', 'customer_id', 'profile_id'].includes(expression.replaceAll('`', ''));

const block = `CAST(extract(_part, '^[^_]*_([0-9]+)_'), 'UInt64')`;
const partition = `CAST(reinterpretAsUInt64(reverse(rightPad(substring(_partition_id, 1, 8), 8, '0'))), 'UInt64')`;

/** Where a row is stored, as Int256. Of two rows of one key and version, FINAL keeps the one of the higher place. */
export const placeOfRow = `bitShiftLeft(toInt256(${partition}), 64) + toInt256(bitShiftLeft(${block}, 32) + _part_offset)`;

/**
 * ReplacingMergeTree keeps the highest version of a sorting key. Of equal versions it keeps the row that was inserted
 * last: the last row of the last part, by partition, then block. A merge does not change that order. Rows of different
 * keys both stay; where their versions are equal, the hash of the parts in which their keys differ decides.
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

/** The version in its own units: rounding to milliseconds could make two versions equal. */
function versionOf(column: string, type: string): { expression: string; perMs: number } {
  const name = quoteName(column);
  if (!isFine(type)) return { expression: `toInt64(toUnixTimestamp(${name})) * 1000`, perMs: 1 };
  const digits = Number(bareType(type).match(/^DateTime64\((\d)/)?.[1] ?? 3);
  if (digits <= 3) return { expression: `toUnixTimestamp64Milli(${name})`, perMs: 1 };
  if (digits <= 6) return { expression: `toUnixTimestamp64Micro(${name})`, perMs: 1_000 };
  return { expression: `toUnixTimestamp64Nano(${name})`, perMs: 1_000_000 };
}

/**
 * Maps the labels' sorting key to columns of the row table. Parts that are stored there are used as they are, and all
 * others go into one hash, `rest_of_key`. A nullable agent is one of the others: NULL and '' both mean unassigned, but
 * the engine keeps a row for each.
 */
function labelKeyColumns(labels: CustomerTables['labels']): { keyColumns: KeyColumn[]; restOfKey: string | null } {
  const columns = new Set<KeyColumn>();
  const others: string[] = [];
  const plain = labels.key.map((expression) => expression.replaceAll('`', ''));
  const isProfileInKey = plain.includes('customer_id') && plain.includes('profile_id');
  plain.forEach((expression, at) => {
    const type = labels.columns[expression] ?? '';
    const end = labels.columns.conversation_end_time ?? '';
    const endIsUtc = /'(Etc\/)?UTC'/.test(end) && !isNullable(end);
    if (expression === 'conversation_id') return;
    if (isProfileInKey && isIdentity(expression) && !isNullable(type)) columns.add('customer_profile');
    else if (expression === 'agent_user_id' && !isNullable(type)) columns.add('agent');
    else if (expression === 'usecase_id' && !isNullable(type)) columns.add('use_case');
    else if (expression === 'toStartOfHour(conversation_end_time)' && endIsUtc) columns.add('end_hour');
    else others.push(labels.key[at] as string);
  });
  if (others.length === 0) return { keyColumns: [...columns], restOfKey: null };
  return { keyColumns: [...columns, 'rest_of_key'], restOfKey: hashOf(others) };
}

/** NULL counts as a separate value, as it does in a sorting key. */
const hashOf = (expressions: readonly string[]): string =>
  `cityHash64(${expressions
    .filter(isPlainExpression)
    .map((expression) => `ifNull(toString(${expression}), '\\0')`)
    .join(', ')})`;
