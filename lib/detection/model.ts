import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { eachFlag, flagNames } from './flags';

const Count = z.number().int().min(0);

/** Conversations of each flag. A scan from before a flag was added did not count it: that reads as 0 here. */
export const FlagCounts = z.object(eachFlag(() => Count.default(0)));

/** Flags as a scan counted them. `isComplete` is false for one from before a flag was added. */
export const StoredFlags = z
  .record(z.string(), z.number())
  .transform((flags) => ({ counts: FlagCounts.parse(flags), isComplete: flagNames.every((flag) => flag in flags) }));

/**
 * Counts of conversations of a day. `conversations` are those with a truth. `affected` have any flag, and `stale`,
 * `duplicates`, `missing` and `orphans` a flag that counts as such. A conversation that is `open` or `settling` has no
 * flag.
 */
export const DayCounts = z.object({
  conversations: Count,
  affected: Count,
  stale: Count,
  duplicates: Count,
  missing: Count,
  orphans: Count,
  open: Count,
  settling: Count,
  flags: FlagCounts,
});
export type DayCounts = z.infer<typeof DayCounts>;

/** Counts of one agent or use case; '' is "unassigned". */
export const Breakdown = z.object({ key: z.string(), affected: Count, stale: Count, duplicates: Count });
export type Breakdown = z.infer<typeof Breakdown>;

/**
 * What a day came to. `atLeast`: the scan hit a limit, or is from before a flag was added, so every count may be higher.
 */
export const DayResult = DayCounts.extend({
  day: DayText,
  asOfMs: z.number(),
  atLeast: z.boolean(),
  byAgent: z.array(Breakdown),
  byUseCase: z.array(Breakdown),
});
export type DayResult = z.infer<typeof DayResult>;

export const scanStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
type ScanStatus = (typeof scanStatuses)[number];

export const scanCauses = ['person', 'schedule', 'first start', 'after repair'] as const;

export const scanKinds = ['full', 'changes'] as const;
type ScanKind = (typeof scanKinds)[number];

/**
 * A scan as pages and the CLI see it. Instants are in ms. `etaMs` is the time left, null while it is unknown. `workers`
 * is how many workers gave a sign of life in the last 20 seconds.
 */
export type Scan = {
  id: string;
  customerId: string;
  fromDay: string;
  toDay: string;
  cause: (typeof scanCauses)[number];
  /** What it reads and why; null until it began. `days` are those on which something changed, null where it reads all. */
  kind: ScanKind | null;
  days: string[] | null;
  reason: string | null;
  fullAsked: boolean;
  requestedBy: string;
  status: ScanStatus;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  asOfMs: number | null;
  chunksTotal: number | null;
  chunksDone: number;
  rowsRead: number;
  bytesRead: number;
  elapsedMs: number;
  etaMs: number | null;
  atLeast: boolean;
  cancelRequested: boolean;
  failure: string | null;
  workers: number;
};

/** Chunks that a scan reads at a time. Two halve its time on two cores. */
export const chunksAtOnce = 2;

/** How many customers are scanned at a time by so many statements. */
export const customersAtOnce = (statements: number): number => Math.max(1, Math.floor(statements / chunksAtOnce));

/** `full` reads all days, whatever changed. */
export const RequestScan = z.object({
  customerId: CustomerId,
  fromDay: DayText,
  toDay: DayText,
  full: z.boolean().default(false),
});
export type RequestScan = z.input<typeof RequestScan>;

export const QuickCheck = z.object({ customerId: CustomerId, day: DayText });
export type QuickCheck = z.input<typeof QuickCheck>;

/** How a conversation is judged as a whole. */
export type ConversationClass = 'fresh' | 'affected' | 'open' | 'settling';

/** One row of either side. Instants are in ms, `endAtMs` is 0 where it is open, and '' is an unassigned agent. */
export type EvidenceRow = {
  customerId: string;
  profileId: string;
  agent: string;
  useCase: string;
  startAtMs: number;
  endAtMs: number;
  updatedAtMs: number;
};

/** Truth beside labels for one conversation: the newest truth row, and the newest row of each label key. */
export type ConversationEvidence = {
  conversationId: string;
  flags: number;
  class: ConversationClass;
  truth: EvidenceRow | null;
  labels: EvidenceRow[];
};

/**
 * The instant from which the settling conversations of these days can be judged, unless they change again. Null where
 * none is settling.
 */
export function judgedFromMs(days: readonly DayResult[], safetyMarginMs: number): number | null {
  const settling = days.filter((day) => day.settling > 0);
  return settling.length === 0 ? null : Math.max(...settling.map((day) => day.asOfMs)) + safetyMarginMs;
}

/** When and from what an answer was made, and what that cost. */
export type Provenance = { asOfMs: number; rowsRead: number; bytesRead: number; elapsedMs: number; queryIds: string[] };

export type QuickCheckResult = { day: DayResult; provenance: Provenance };

export const conversationSorts = ['id', 'start', 'end', 'agent', 'useCase'] as const;
export type ConversationSort = (typeof conversationSorts)[number];
/** What conversations are sorted by; "-" in front turns the order around. */
export const SortedBy = z.enum([...conversationSorts, ...conversationSorts.map((sort) => `-${sort}` as const)]);

export const ConversationsQuery = z.object({
  customerId: CustomerId,
  day: DayText,
  /** Conversations with any of these flags. Empty means all affected ones, null every conversation of the day. */
  flags: z.array(z.enum(flagNames)).nullable().default([]),
  class: z.enum(['affected', 'open', 'settling', 'fresh']).optional(),
  agent: z.string().max(500).optional(),
  useCase: z.string().max(500).optional(),
  search: z.string().max(200).optional(),
  sort: SortedBy.default('id'),
  offset: z.number().int().min(0).default(0),
  rowsMax: z.number().int().min(1).max(500).default(100),
});
export type ConversationsQuery = z.input<typeof ConversationsQuery>;

/** `notLookedAt` has one sentence for each thing that a limit kept from being read. */
export type ConversationsPage = {
  rows: ConversationEvidence[];
  total: number;
  provenance: Provenance;
  notLookedAt: string[];
};
