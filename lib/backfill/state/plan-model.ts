import type { DayCounts } from '@/lib/detection/model';
import type { JobTemplate } from '@/lib/jobs/model';
import type { RepairStrategy, Strategy, StrategyOffer } from './strategies';

export type CheckOutcome = 'pass' | 'fail' | 'unknown';

/** A pre-check: what was looked at, its number, and what to do. `unknown` is not a pass. */
export type PreCheck = {
  id: string;
  title: string;
  verdict: CheckOutcome;
  sentence: string;
  numbers: Record<string, number>;
};

/** What the run will do to one day. Rows are label rows (newest per label key); hashes are decimal UInt64. */
export type DayPlan = {
  day: string;
  skip: string | null;
  labelRows: number;
  labelHash: string;
  rowsToDelete: number;
  conversationsToRelabel: number;
  conversationsThatChange: number;
  orphansThatGo: number;
  openThatLoseLabel: number;
  partsTouched: number;
  bytesTouched: number;
  counts: DayCounts;
  /** When they were counted. */
  countedAtMs: number;
  /** What an undo brings back on this day; null for a repair. */
  undo: UndoDay | null;
};

/**
 * The backup that an undo restores: of which day of which run, its digest (rows are newest per label key), and how many
 * conversations will then differ from the truth, those without a label (`missingAfter`) among them.
 */
export type UndoDay = {
  runId: string;
  itemId: string;
  backupId: string;
  rows: number;
  hash: string;
  backedUpAtMs: number | null;
  bytes: number;
  differAfter: number;
  missingAfter: number;
};

/** A preview. `hash` covers scope, strategy, table and key, Job template and every day's count and hash. */
export type Plan = {
  customerId: string;
  fromDay: string;
  toDay: string;
  timeZone: string;
  strategy: Strategy;
  labelsTable: string;
  labelKey: string;
  jobTemplate: string;
  /** What `jobTemplate` is the hash of, by name; null where it could not be read. */
  jobParts: JobTemplate | null;
  days: DayPlan[];
  checks: PreCheck[];
  expectedActiveDays: { agent: string; before: number | null; expected: number | null }[];
  expectedSeconds: number;
  rowsToDelete: number;
  needsApproval: boolean;
  /** Rows of the customer's other runs of the last 24 hours that nobody approved; they count too. 0 in an undo's. */
  unapprovedRows: number;
  createdAtMs: number;
  /** What a person may choose instead; empty in an undo's. */
  offers: StrategyOffer[];
  /** The run, or the one day of it, that is undone; null for a repair. */
  undoOf: { runId: string; day: string | null } | null;
  hash: string;
};

/** Whether a plan is to be approved: its rows, with those that nobody approved lately, are above the threshold. */
export const isAboveThreshold = (rows: number, unapproved: number, rowsMax: number): boolean =>
  rows > 0 && rows + unapproved > rowsMax;

export type RepairPlan = Plan & { strategy: RepairStrategy };
