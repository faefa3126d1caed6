import type { Day } from '@/lib/days';
import type { DayCounts } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import type { JobTemplate } from '@/lib/jobs/model';
import type { UnitChoice } from './choice-model';
import type { RepairStrategy, Strategy } from './name-model';
import type { StrategyOffer } from './strategies';

export type CheckOutcome = 'pass' | 'fail' | 'unknown';

/** A pre-check: what was looked at, its number, and what to do. `unknown` is not a pass. */
export type PreCheck = {
  id: string;
  title: string;
  verdict: CheckOutcome;
  sentence: string;
  numbers: Record<string, number>;
};

/** A day of a unit, with what was counted of the unit on it and when. */
export type UnitDayPlan = { day: Day; counts: DayCounts; countedAtMs: number };

/** What the run will do to one unit. Rows are label rows (newest per label key); hashes are decimal UInt64. */
export type UnitPlan = {
  unit: string;
  days: UnitDayPlan[];
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
  /** What an undo brings back of this unit; null for a repair. */
  undo: UndoUnit | null;
};

/**
 * The backup that an undo restores: of which day of which run, its digest (rows are newest per label key), and how many
 * conversations will then differ from the truth, those without a label (`missingAfter`) among them.
 */
export type UndoUnit = {
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

/** What a plan costs: `bytes` are rewritten by its mutations, a part as often as a unit has rows in it. */
export type PlanCost = {
  units: number;
  jobs: number;
  mutations: number;
  parts: number;
  bytes: number;
  seconds: number;
  /** The longest time that labels of a unit are expected to be missing. */
  gapSeconds: number;
};
export type UnitOffer = PlanCost & { choice: UnitChoice };
/** `rowsToDelete` is null for a strategy that is not possible. */
export type PlanOffer = StrategyOffer & { rowsToDelete: number | null; gapSeconds: number };

/** The units that a run works on; the others are left as they are. */
export const workedUnits = ({ units }: Pick<Plan, 'units'>): UnitPlan[] => units.filter(({ skip }) => skip === null);

/** What was counted on the days of a unit. */
export const countsOfUnit = ({ days }: Pick<UnitPlan, 'days'>): DayCounts =>
  sumCounts(days.map(({ counts }) => counts));

/** A preview. `hash` covers scope, strategy, table and key, Job template and every day's count and hash. */
export type Plan = {
  customerId: string;
  fromDay: string;
  toDay: string;
  timeZone: string;
  strategy: Strategy;
  /** How days were put together into units; null in an undo, whose units are those of the run. */
  unitChoice: UnitChoice | null;
  labelsTable: string;
  labelKey: string;
  jobTemplate: string;
  /** What `jobTemplate` is the hash of, by name; null where it could not be read. */
  jobParts: JobTemplate | null;
  units: UnitPlan[];
  checks: PreCheck[];
  expectedActiveDays: { agent: string; before: number | null; expected: number | null }[];
  expectedSeconds: number;
  rowsToDelete: number;
  needsApproval: boolean;
  /** Rows of the customer's other runs of the last 24 hours that nobody approved; they count too. 0 in an undo's. */
  unapprovedRows: number;
  createdAtMs: number;
  /** The strategies that a person may choose, with what each comes to; empty in an undo's. */
  offers: PlanOffer[];
  /** The choices of units, with what each comes to under the plan's strategy; empty in an undo's. */
  choices: UnitOffer[];
  /** The strategy that the console recommends, and why, with numbers; null in an undo. */
  recommended: { strategy: RepairStrategy; sentence: string } | null;
  /** The run, or the one day of it, that is undone; null for a repair. */
  undoOf: { runId: string; unit: string | null } | null;
  hash: string;
};

/** Whether a plan is to be approved: its rows, with those that nobody approved lately, are above the threshold. */
export const isAboveThreshold = (rows: number, unapproved: number, rowsMax: number): boolean =>
  rows > 0 && rows + unapproved > rowsMax;

export type RepairPlan = Plan & { strategy: RepairStrategy };
export const isRepair = (plan: Plan): plan is RepairPlan => plan.strategy !== 'undo';
