import { z } from 'zod';
import type { AppError } from '@/lib/errors';
import type { Provenance } from '../model';
import { Part } from './parts-model';

const Table = z.object({ database: z.string(), table: z.string() });

/** A customer's two local tables, the cluster that they are read from, and every table that a scan reads through. */
export const LookedTables = z.object({
  cluster: z.string().nullable(),
  truth: Table,
  labels: Table,
  all: z.array(Table),
});
export type LookedTables = z.infer<typeof LookedTables>;

/**
 * A customer's tables at one moment. `rules` is what else an answer depends on, `marks` say since when the tables are what
 * they are, and `digests` stand for the parts of a table on a host.
 */
export const Look = z.object({
  atMs: z.number(),
  fromDay: z.string(),
  toDay: z.string(),
  rules: z.string(),
  tables: LookedTables,
  marks: z.array(z.string()),
  digests: z.array(z.string()),
  parts: z.array(Part),
  /** The parts that came while the scan read: of these it is not known whether its answers are. */
  during: z.array(Part).default([]),
  /** The days of which a full scan has to find what is recorded; null where it is no audit. */
  audited: z.array(z.string()).nullable().default(null),
  /** The newest mark of a day that was known when the scan was planned. */
  marked: z.number().default(0),
});
export type Look = z.infer<typeof Look>;

/**
 * When time by itself changes the answer of a day, in ms, by day. A negative one is a mark: another scan answered the day
 * without what belongs to it, so that it has to be read again.
 */
export const Turns = z.record(z.string(), z.number());
export type Turns = z.infer<typeof Turns>;

/** The look from which the recorded answers of `[fromDay, toDay)` are kept up. */
export type WatchState = { fromDay: string; toDay: string; auditedAtMs: number; look: Look; turns: Turns };

/** What a look at a customer came to. */
export type LookOutcome =
  | { outcome: 'unchanged'; atMs: number }
  | { outcome: 'changed'; reason: string }
  | { outcome: 'unreadable'; error: AppError };

/**
 * What a scan reads, and what it cost to find that out. `look` was taken before; null where parts could not be seen. `few`:
 * the tables have so few rows that one statement may judge all of them.
 */
export type ScanPlan = { reason: string; few: boolean; cost: Omit<Provenance, 'asOfMs'> } & (
  | { kind: 'full'; days: null; look: Look | null }
  | { kind: 'changes'; days: string[]; look: Look }
);

/** An audit: a full scan compared with what was recorded of days on which nothing had changed. */
export type ScanAudit = {
  scanId: string;
  customerId: string;
  atMs: number;
  days: number;
  /** So many days more could not be compared. */
  daysLeft: number;
  conversations: number;
  missed: number;
  daysMissed: string[];
  /** What could not be compared and why, or null. */
  sentence: string | null;
};
