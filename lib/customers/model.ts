import { z } from 'zod';
import type { TableName } from '@/lib/clickhouse/names';
import { checkDayRange, dayStartMs, isDay, isTimeZone } from '@/lib/days';

export const CustomerId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'A customer id has letters, digits, dots, dashes and underscores, 63 at most.',
  );
export const ProfileId = z.string().min(1).max(200);
export const DayText = z.string().refine(isDay, 'Write a day as YYYY-MM-DD.');
const TimeZone = z.string().refine(isTimeZone, 'Name a zone of the IANA database, such as America/Los_Angeles.');

/** A customer as the registry has it: who, which profiles, in which ClickHouse database, in which time zone. */
export const Customer = z.object({
  id: CustomerId,
  displayName: z.string().min(1).max(200),
  profiles: z.array(ProfileId).min(1).max(100),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'A ClickHouse database has letters, digits and underscores.'),
  timeZone: TimeZone,
});
export type Customer = z.infer<typeof Customer>;

/**
 * The one object from which preview, delete, Job range and verification are made: a customer with all its profiles
 * and a half-open range of `conversation_start_time` on whole days of the customer's zone.
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

/** Throws AppError('invalid_input') when the range is empty, reversed, longer than `daysMax` or no real days. */
export function scopeOf(customer: Customer, fromDay: string, toDay: string, daysMax?: number): Scope {
  checkDayRange(fromDay, toDay, daysMax);
  return {
    customerId: customer.id,
    profiles: [...customer.profiles].sort(),
    database: customer.database,
    timeZone: customer.timeZone,
    fromDay,
    toDay,
    fromMs: dayStartMs(fromDay, customer.timeZone),
    toMs: dayStartMs(toDay, customer.timeZone),
  };
}

/**
 * What an end may be, in ms: from 1971 up to 2100. Anything else, and NULL, means that the conversation is open: 0,
 * 0001-01-01 (kept as 1900 or 1970), 9999-12-31 (kept as 2299, 2262 or 2106).
 */
export const endBounds = { fromMs: Date.UTC(1971, 0, 1), toMs: Date.UTC(2100, 0, 1) };

/** A table as the catalogue has it. `columns` maps name to type, `key` are the sorting key's expressions. */
export type TableFacts = {
  distributed: TableName;
  local: TableName;
  columns: Record<string, string>;
  versionColumn: string;
  key: string[];
};

/**
 * Where a customer's truth and labels are and how they are keyed, read from the catalogue and never assumed.
 * `keyIsMutable` tells whether a changed conversation gets another key.
 */
export type CustomerTables = {
  /** For ON CLUSTER, from config; null where statements run on one node. */
  cluster: string | null;
  /** The cluster that the Distributed table reads from, for `clusterAllReplicas`; null for a plain table. */
  readCluster: string | null;
  truth: TableFacts;
  labels: TableFacts & { keyText: string; keyIsMutable: boolean; partitionKey: string };
};

/** What a check of a customer's registry row against ClickHouse found. */
export type CustomerCheck = { id: string; verdict: 'pass' | 'fail' | 'unknown'; sentence: string }[];

/** A database that holds both tables. `registeredAs` is the customer that has it, if any. */
export type DiscoveredDatabase = {
  database: string;
  customers: { customerId: string; profiles: string[]; conversations: number }[];
  registeredAs: string[];
};
