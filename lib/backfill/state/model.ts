import { z } from 'zod';
import { type ApprovalSummary, PlanHash } from '@/lib/approvals/model';
import { OptionalReason, Reason } from '@/lib/audit/model';
import { CustomerId, DayText } from '@/lib/customers/model';
import type { DayCounts } from '@/lib/detection/model';
import type { JobTemplate } from '@/lib/jobs/model';

/** What a person may plan; `undo` is planned from a former run. */
export const repairStrategies = ['replace', 'no-gap', 'relabel-only'] as const;
export const strategies = [...repairStrategies, 'undo'] as const;
export type Strategy = (typeof strategies)[number];
export type RepairStrategy = (typeof repairStrategies)[number];

export const runStatuses = ['queued', 'running', 'needs attention', 'verified', 'cancelled', 'closed'] as const;
export type RunStatus = (typeof runStatuses)[number];

/**
 * Where a day stands while the worker drives it. `deleted, not relabelled` is loud on purpose: its labels are gone until
 * the relabel ends.
 */
export const workStatuses = [
  'checking',
  'snapshot',
  'backing up',
  'deleting',
  'waiting for mutation',
  'deleted, not relabelled',
  'relabelling',
  'proving',
  'restoring',
  'verifying',
] as const;

/** States of a day. */
export const itemStatuses = [
  'planned',
  ...workStatuses,
  'verified',
  'needs attention',
  'cancelled',
  'skipped',
] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** The steps a day goes through, as its columns show them. */
export const stepNames = [
  'check',
  'snapshot',
  'backup',
  'delete',
  'mutation',
  'relabel',
  'prove',
  'restore',
  'verify',
] as const;
export type StepName = (typeof stepNames)[number];

/** Each step as people read it. */
export const stepTitles: Record<StepName, string> = {
  check: 'Check',
  snapshot: 'Snapshot',
  backup: 'Back up',
  delete: 'Delete',
  mutation: 'Mutation',
  relabel: 'Relabel',
  prove: 'Prove',
  restore: 'Restore',
  verify: 'Verify',
};

/** The steps of each strategy, in its order. */
export const strategySteps: Record<Strategy, readonly StepName[]> = {
  replace: ['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify'],
  'no-gap': ['check', 'snapshot', 'backup', 'relabel', 'prove', 'delete', 'mutation', 'verify'],
  'relabel-only': ['check', 'snapshot', 'backup', 'relabel', 'verify'],
  undo: ['check', 'snapshot', 'backup', 'restore', 'verify'],
};

export type CheckVerdict = 'pass' | 'fail' | 'unknown';

/** A pre-check: what was looked at, its number, and what to do. `unknown` is not a pass. */
export type PreCheck = {
  id: string;
  title: string;
  verdict: CheckVerdict;
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
  /** What an undo brings back on this day; absent for a repair. */
  undo?: UndoDay;
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

/** Whether a strategy is possible here, and what it means. */
export type StrategyOffer = { strategy: RepairStrategy; possible: boolean; sentence: string };

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
  /** What `jobTemplate` is the hash of, by name; null where it could not be read, absent in plans of old. */
  jobParts?: JobTemplate | null;
  days: DayPlan[];
  checks: PreCheck[];
  expectedActiveDays: { agent: string; before: number | null; expected: number | null }[];
  expectedSeconds: number;
  rowsToDelete: number;
  needsApproval: boolean;
  /** Rows of the customer's other runs of the last 24 hours that nobody approved; they count too. Absent in an undo's. */
  unapprovedRows?: number;
  createdAtMs: number;
  /** What a person may choose instead; absent in plans of old and in an undo's. */
  offers?: StrategyOffer[];
  /** The run, or the one day of it, that is undone; absent for a repair. */
  undoOf?: { runId: string; day: string | null };
  hash: string;
};

/** Whether a plan is to be approved: its rows, with those that nobody approved lately, are above the threshold. */
export const isAboveThreshold = (rows: number, unapproved: number, rowsMax: number): boolean =>
  rows > 0 && rows + unapproved > rowsMax;

export type RepairPlan = Plan & { strategy: RepairStrategy };

export const PlanRequest = z.object({
  customerId: CustomerId,
  fromDay: DayText,
  toDay: DayText,
  strategy: z.enum(repairStrategies).default('replace'),
  /** Only days with affected conversations; the others get a row "skipped". */
  onlyAffected: z.boolean().default(true),
  /** Count every day now; without, days of many on which a scan of the last minutes found nothing are taken from it. */
  recount: z.boolean().default(true),
});
export type PlanRequest = z.input<typeof PlanRequest>;

export const StartBackfill = PlanRequest.extend({
  planHash: PlanHash,
  reason: OptionalReason.default(''),
  /** Ids of unknown pre-checks, and `open-labels`, that the person confirms. */
  confirmed: z.array(z.string().max(80)).max(50).default([]),
});
export type StartBackfill = z.input<typeof StartBackfill>;

export const PlanUndo = z.object({ runId: z.uuid(), day: DayText.optional() });
export type PlanUndo = z.input<typeof PlanUndo>;

/** Starts an undo, or asks a second person for it. */
export const StartUndo = PlanUndo.extend({
  planHash: PlanHash,
  reason: Reason,
  confirmed: z.array(z.string().max(80)).max(50).default([]),
});
export type StartUndo = z.input<typeof StartUndo>;

/** Where a cancelled run stops: the next place with every label, the day's end, or after the delete, in those words. */
export const cancelPoints = ['step', 'day', 'delete'] as const;
export type CancelPoint = (typeof cancelPoints)[number];

export const controls = [
  'cancel after step',
  'cancel after day',
  'cancel after delete',
  'resume',
  'retry',
  'relabel only',
  'close',
] as const;
export type Control = (typeof controls)[number];

/** Cancelling needs no reason, all else does. `seen` is that of the offer: refused when it would now do something else. */
export const ControlRun = z
  .object({
    runId: z.uuid(),
    control: z.enum(controls),
    reason: OptionalReason.default(''),
    seen: z.string().max(200).optional(),
  })
  .refine(({ control, reason }) => isCancel(control) || Reason.safeParse(reason).success, {
    path: ['reason'],
    message: 'Say why, in a few words.',
  });
export type ControlRun = z.input<typeof ControlRun>;

export const isCancel = (control: Control): boolean => control.startsWith('cancel');

/** Holds a run before its next delete or restore, holds it on, or lets it go. */
export const HoldRun = z.object({ runId: z.uuid(), hold: z.enum(['take', 'keep', 'release']) });
export type HoldRun = z.input<typeof HoldRun>;

/** Who holds the run, and when it goes on at the latest. */
export type Hold = { by: string; untilMs: number };

/** What a person may do now: the button, and how things stand afterwards. `seen` is sent back with the command. */
export type ControlOffer = {
  control: Control;
  seen: string;
  verb: string;
  effect: string;
  look: 'primary' | 'secondary' | 'danger';
};

export type StepView = {
  step: StepName;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'skipped';
  sentence: string;
  jobName: string | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  numbers: Record<string, number>;
  hasLog: boolean;
};

/** Progress of a mutation on one replica. */
export type MutationProgress = { host: string; partsToDo: number; isDone: boolean; failReason: string };

/** Label rows that were counted: deleted, and left (what people see). `sinceMs` at the earliest. */
export type Missing = { deleted: number; left: number; sinceMs: number };

export type ItemView = {
  id: string;
  day: string;
  status: ItemStatus;
  attempt: number;
  plan: DayPlan;
  steps: StepView[];
  mutation: MutationProgress[];
  failure: string | null;
  /** Milliseconds without labels, so far or in all; 0 where none were missing, null before that is known. */
  gapMs: number | null;
  /** The labels that are deleted and not counted back; null where none are. */
  missing: Missing | null;
  /** Label rows that were counted deleted: 0 where no delete began, null where nobody counted. */
  deletedRows: number | null;
  /** Undone by this run, if it was. */
  undoneBy: string | null;
  /** True where a backup of the day was proven and not dropped, so that the day can be undone. */
  canUndo: boolean;
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** The numbers that prove "verified". */
  evidence: Record<string, number>;
};

/** The undo that brought the labels of some days of a run back; `atMs` is when it ended. */
export type Undone = { runId: string; atMs: number; days: number };

export type RunSummary = {
  id: string;
  customerId: string;
  strategy: Strategy;
  fromDay: string;
  toDay: string;
  timeZone: string;
  status: RunStatus;
  startedBy: string;
  reason: string;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  daysTotal: number;
  daysVerified: number;
  daysSkipped: number;
  rowsToDelete: number;
  /** The longest that any of its days was, or has been so far, without labels; null while that is not known. */
  gapMs: number | null;
  /** True while labels of one of its days are missing. */
  gapOpen: boolean;
  undone: Undone | null;
};

type RunEvent = { id: number; atMs: number; kind: string; text: string; itemId: string | null };

export type RunView = RunSummary & {
  plan: Plan;
  /** The approval that it was started with; null where none was needed. */
  approval: ApprovalSummary | null;
  items: ItemView[];
  events: RunEvent[];
  /** One sentence: what happens next, or what a person must do. */
  next: string;
  /** What the verified days came to, as it was counted; null before one is. */
  result: string | null;
  /** What is wrong with the day that stands still, in one sentence; null where none does. */
  situation: string | null;
  controls: Control[];
  /** The controls in words, the right or the safest one first. */
  offers: ControlOffer[];
  cancelAfter: CancelPoint | null;
  /** Null while nobody holds it. */
  hold: Hold | null;
};
