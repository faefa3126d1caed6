import { z } from 'zod';
import { isUsableName, type TableName, usableNameRule } from '@/lib/clickhouse/identifiers';
import { addDays, checkDayRange, dayOf, dayStartMs, isDay, isTimeZone } from '@/lib/days';
import { hidesCharacters, mixesAlphabets, nameKey } from './name-model';

export const CustomerId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'A customer id has at most 63 letters, digits, dots, dashes and underscores.',
  );
const ProfileId = z.string().min(1).max(200);
export const DayText = z.string().refine(isDay, 'Write a day as YYYY-MM-DD.');
const TimeZone = z.string().refine(isTimeZone, 'Name a zone of the IANA database, such as America/Los_Angeles.');

const Name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((name) => !hidesCharacters(name), 'A name must not contain invisible characters.')
  .refine((name) => !mixesAlphabets(name), 'A word of this name mixes alphabets, such as Latin and Cyrillic letters.');

/** Another name that people use of a customer, as in their tickets. */
const Alias = Name.max(80)
  .transform((alias) => alias.normalize('NFC').replace(/\s+/gu, ' '))
  .refine((alias) => /\p{L}/u.test(alias) && nameKey(alias).length > 1, 'An alias has two characters, one a letter.');

/** The aliases of a customer: each once, whatever its case, accents and punctuation. */
export const Aliases = z
  .array(Alias)
  .max(20)
  .transform((all) => [...new Map(all.map((alias) => [nameKey(alias), alias])).values()]);

/** A customer as scans and repairs need it: its profiles, its ClickHouse database and its time zone. */
export const Customer = z.object({
  id: CustomerId,
  displayName: Name,
  profiles: z.array(ProfileId).min(1).max(100),
  database: z
    .string()
    .refine(isUsableName, usableNameRule)
    .refine((name) => !/^(system|information_schema)$/i.test(name), 'This database is ClickHouse’s own.'),
  timeZone: TimeZone,
});
export type Customer = z.infer<typeof Customer>;

/** A customer as the registry has it: with the other names that people use of it. */
export const RegisteredCustomer = Customer.extend({ aliases: Aliases.default([]) });
export type RegisteredCustomer = z.infer<typeof RegisteredCustomer>;

/**
 * The one object from which preview, delete, Job range and verification are made: a customer with all its profiles
 * and a half-open range of `conversation_start_time` between two instants. `fromDay` and `toDay` only say which days of
 * the customer's zone the range touches.
 */
export const Scope = z.object({
  customerId: CustomerId,
  profiles: z.array(ProfileId).min(1),
  database: z.string(),
  timeZone: TimeZone,
  fromDay: DayText,
  toDay: DayText,
  fromMs: z.number().int(),
  toMs: z.number().int(),
});
export type Scope = z.infer<typeof Scope>;

type Range = { fromMs: number; toMs: number };

/** The scope between two instants. */
export const scopeBetween = (customer: Customer, range: Range): Scope =>
  scopeWithin(
    {
      customerId: customer.id,
      profiles: [...customer.profiles].sort(),
      database: customer.database,
      timeZone: customer.timeZone,
    },
    range,
  );

/** The same customer and profiles between two other instants. */
export function scopeWithin(
  { customerId, profiles, database, timeZone }: Pick<Scope, 'customerId' | 'profiles' | 'database' | 'timeZone'>,
  { fromMs, toMs }: Range,
): Scope {
  const [fromDay, toDay] = [dayOf(fromMs, timeZone), addDays(dayOf(toMs - 1, timeZone), 1)];
  return { customerId, profiles, database, timeZone, fromDay, toDay, fromMs, toMs };
}

/**
 * The scope of whole days. Throws AppError('invalid_input') if it is empty, reversed, longer than `daysMax` or not of
 * real days.
 */
export function scopeOf(customer: Customer, fromDay: string, toDay: string, daysMax?: number): Scope {
  checkDayRange(fromDay, toDay, daysMax);
  const { timeZone } = customer;
  const range = { fromMs: dayStartMs(fromDay, timeZone), toMs: dayStartMs(toDay, timeZone) };
  return { ...scopeBetween(customer, range), fromDay, toDay };
}

/**
 * The range of a real end, in ms: from 1971 up to 2100. Anything else, and NULL, means that the conversation is open:
 * 0, 0001-01-01 (stored as 1900 or 1970), 9999-12-31 (which some types store as 2299, 2262 or 2106).
 */
export const endBounds = { fromMs: Date.UTC(1971, 0, 1), toMs: Date.UTC(2100, 0, 1) };

/**
 * A table as the catalogue has it. `columns` maps name to type: of the truth what can be read, of the labels what is
 * stored, which is the same in the local and the Distributed table. `key` are the sorting key's expressions.
 */
export type TableFacts = {
  distributed: TableName;
  local: TableName;
  columns: Record<string, string>;
  versionColumn: string;
  key: string[];
  partitionKey: string;
};

/** The label table: its key, and what a backup has to know about it. */
export type LabelFacts = TableFacts & {
  keyText: string;
  /** Whether a changed conversation gets another key. */
  keyIsMutable: boolean;
  /** Stored columns that the engine computes at each INSERT, unless a setting makes it take them from the rows. */
  materialized: string[];
  /** Columns with a DEFAULT expression. */
  defaulted: string[];
  /** Columns whose expression gives another value each time, as now() does. Old parts may not store them yet. */
  changing: string[];
  constraints: { name: string; expression: string }[];
};

/**
 * The tables of a customer's truth and labels and their keys, as the catalogue has them. Nothing of it is assumed.
 */
export type CustomerTables = {
  /** The cluster for ON CLUSTER, from the engine of the labels; null if this server is its only host. */
  cluster: string | null;
  /** The cluster that the Distributed table reads from, for `clusterAllReplicas`; null for a plain table. */
  readCluster: string | null;
  /** How many hosts hold label rows. Each of them lists a delete; 1 where `cluster` is null. */
  hosts: number;
  truth: TableFacts;
  labels: LabelFacts;
};

/** The columns with which a label row is written, in this order. The version is the last. */
export const labelColumns = (versionColumn: string): [string, ...string[]] => [
  'conversation_id',
  'customer_id',
  'profile_id',
  'agent_user_id',
  'usecase_id',
  'conversation_start_time',
  'conversation_end_time',
  'has_agent_assistance',
  versionColumn,
];

/** The result of comparing a customer's registry row with ClickHouse. */
export type CustomerCheck = { id: string; verdict: 'pass' | 'fail' | 'unknown'; sentence: string }[];

/** A database that holds both tables. `registeredAs` are the customers that are registered on it. */
export type DiscoveredDatabase = {
  database: string;
  customers: { customerId: string; profiles: string[]; conversations: number }[];
  registeredAs: string[];
};
