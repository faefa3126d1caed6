import { z } from 'zod';
import { Reason } from '@/lib/audit/model';
import { CustomerId, DayText } from '@/lib/customers/model';
import { flagNames } from '@/lib/detection/flags';
import { type FindingFacts, type FindingState, findingStates, type RelookAfter } from './history/model';
import { noteMost } from './limit-model';
import type { MissList } from './misses/model';

const FindingId = z.uuid('This is not a finding’s id.');

/** Nobody hears of the finding until `untilDay` begins in the customer's time zone, and no alert counts it. */
export const MuteFinding = z.object({ findingId: FindingId, untilDay: DayText, reason: Reason });
export type MuteFinding = z.input<typeof MuteFinding>;

export const UnmuteFinding = z.object({ findingId: FindingId, reason: Reason });
export type UnmuteFinding = z.input<typeof UnmuteFinding>;

/** Who looks after it; '' is nobody. */
export const OwnFinding = z.object({ findingId: FindingId, owner: z.string().trim().max(200) });
export type OwnFinding = z.input<typeof OwnFinding>;

/** What people should know of it; '' is nothing. */
export const NoteFinding = z.object({ findingId: FindingId, note: z.string().trim().max(noteMost) });
export type NoteFinding = z.input<typeof NoteFinding>;

/** Rows of a page of the list. */
export const findingsOnPage = 50;

export const findingSorts = ['first seen', 'last seen', 'day', 'customer', 'affected', 'wrong for'] as const;
export type FindingSort = (typeof findingSorts)[number];

/**
 * Which findings are listed. `state`: one of them, `open` for every one that is wrong now, or `all`. `owner`: '' is
 * nobody. `search` is found in customer, day, owner, note and reason. `misses`: which of them come along; customer, day
 * and search narrow these too.
 */
export const FindingsQuery = z.object({
  customerId: CustomerId.optional(),
  day: DayText.optional(),
  state: z.enum(['open', 'all', ...findingStates]).default('open'),
  flag: z.enum(flagNames).optional(),
  muted: z.enum(['yes', 'no', 'all']).default('all'),
  owner: z.string().max(200).optional(),
  misses: z.enum(['open', 'all']).default('open'),
  search: z.string().max(200).optional(),
  sort: z.enum(findingSorts).default('first seen'),
  descending: z.boolean().default(true),
  offset: z.number().int().min(0).max(1_000_000).default(0),
  rowsMax: z.number().int().min(1).max(500).default(50),
});
export type FindingsQuery = z.input<typeof FindingsQuery>;

/**
 * A finding as lists show it. `wrongMs` and `wrongSinceMs` give how long it was wrong (`wrongMsOf`). `mutedUntilMs` is
 * null where it is not muted now.
 */
export type FindingSummary = FindingFacts & {
  displayName: string;
  timeZone: string;
  mutedUntilMs: number | null;
  muteReason: string | null;
  mutedBy: string | null;
  owner: string | null;
  note: string | null;
};

/** Findings of each state, by the other filters, and how many of them are muted and open. */
export type FindingCounts = Record<FindingState, number> & { mutedOpen: number };

/**
 * `total` are those of the filter, of which `rows` is a page. `owners` are all that any finding has. `misses` are no
 * findings of days, and counted nowhere with them.
 */
export type FindingsPage = {
  rows: FindingSummary[];
  total: number;
  /** Which page this is, from 0. */
  page: { at: number; of: number };
  counts: FindingCounts;
  owners: string[];
  misses: MissList;
};

/** What was done, by whom. `requestId` finds the audit row of what a person did. */
export type FindingEventView = {
  id: number;
  atMs: number;
  kind: string;
  text: string;
  actor: string;
  runId: string | null;
  scanId: string | null;
  requestId: string | null;
};

/** The counts of a day since one change of what is wrong, until the next. Instants in ms. */
export type DayCountsAt = {
  asOfMs: number;
  conversations: number;
  affected: number;
  open: number;
  settling: number;
  atLeast: boolean;
  flags: FindingFacts['flags'];
};

/** A look after a repair. `doneAtMs` and `found` are null while it waits; `requestedAtMs` is when its scan was asked for. */
export type Relook = {
  after: RelookAfter;
  runId: string;
  dueAtMs: number;
  requestedAtMs: number | null;
  scanId: string | null;
  doneAtMs: number | null;
  found: 'clean' | 'wrong' | 'not known' | null;
};

/** A run whose range has the day, whatever became of it. */
export type FindingRun = {
  id: string;
  status: string;
  strategy: string;
  startedBy: string;
  reason: string;
  createdAtMs: number;
  endedAtMs: number | null;
  campaignId: string | null;
};

/**
 * `lookedAtMs`: the newest look at the day. `newerId`: the day's newest finding, where that is a later one. `events`
 * oldest first, `history` and `runs` newest first.
 */
export type FindingView = FindingSummary & {
  newerId: string | null;
  lookedAtMs: number | null;
  events: FindingEventView[];
  history: DayCountsAt[];
  relooks: Relook[];
  runs: FindingRun[];
};

export const Month = z.string().regex(/^(19[7-9]|20\d|21\d)\d-(0[1-9]|1[0-2])$/, 'Write a month as YYYY-MM.');
export const LedgerQuery = z.object({ month: Month, customerId: CustomerId.optional() });
export type LedgerQuery = z.input<typeof LedgerQuery>;

/**
 * The findings that were first seen in a month, in UTC. Times are in ms: to detect, from the change of the truth until
 * it was seen; to repair, from then until the last repair. Null where none of them is known; `detected` and `repaired`
 * are how many are.
 */
export type LedgerRow = {
  findings: number;
  /** Days of customers that have these findings; a day may have several. */
  days: number;
  open: number;
  resolvedByItself: number;
  timesFallenBack: number;
  detected: number;
  detectMedianMs: number | null;
  detectWorstMs: number | null;
  repaired: number;
  repairMedianMs: number | null;
  repairWorstMs: number | null;
  agentDaysWrong: number;
  /** Not all agents of a day were kept, so there may be more of them. */
  agentDaysAtLeast: boolean;
  wrongMs: number;
};
export type Ledger = {
  month: string;
  /** The months that have findings, the newest first. */
  months: string[];
  /** False where findings of the month may have aged out. */
  isWhole: boolean;
  total: LedgerRow;
  customers: (LedgerRow & { customerId: string; displayName: string })[];
};
