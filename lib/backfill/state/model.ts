import type { ListedApproval } from '@/lib/approvals/model';
import type { Origins } from '@/lib/detection/why-model';
import type { Pause } from '@/lib/holds/model';
import type { CancelPoint, Control, UnitChoice } from './choice-model';
import type { ItemStatus, StepName, Strategy } from './name-model';
import type { UnitPlan } from './plan-model';

export const runStatuses = ['queued', 'running', 'needs attention', 'verified', 'cancelled', 'closed'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Who has the cancel dialog open, and when the run goes on at the latest. */
export type Stay = { by: string; untilMs: number };

/** What a person may do now: the button, and its effect. `seen` is sent back with the command. */
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

/**
 * How far work is. `done` and `of` have the same unit: of a run, a unit of it or a campaign, seconds of work as they are
 * expected, so that one of many rows weighs more; of a mutation, bytes. `done` is below `of` until the work is verified.
 * `secondsLeft` is by the pace that was measured, and null while that is not known or the work waits for something.
 */
export type Progress = { done: number; of: number; secondsLeft: number | null };

/** Progress of a mutation on one replica. `progress` is in bytes, and null where they were not read. */
export type MutationProgress = {
  host: string;
  partsToDo: number;
  isDone: boolean;
  failReason: string;
  progress: Progress | null;
};

/** Label rows that were counted: deleted, and left (what people see). `sinceMs` at the earliest. */
export type Missing = { deleted: number; left: number; sinceMs: number };

export type ItemView = {
  id: string;
  unit: string;
  status: ItemStatus;
  attempt: number;
  plan: UnitPlan;
  steps: StepView[];
  mutation: MutationProgress[];
  /** Null before it is begun and when it is over. */
  progress: Progress | null;
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
export type Undone = { runId: string; atMs: number; units: number };

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
  unitsTotal: number;
  unitsVerified: number;
  daysSkipped: number;
  rowsToDelete: number;
  /** The longest that any of its days was, or has been so far, without labels; null while that is not known. */
  gapMs: number | null;
  /** True while labels of one of its days are missing. */
  gapOpen: boolean;
  undone: Undone | null;
  /** Null when it is over. */
  progress: Progress | null;
  /** What it waits for, or will after its present unit; null where it goes on. */
  pause: Pause | null;
};

type RunEvent = { id: number; atMs: number; kind: string; text: string; itemId: string | null };

/** How many units of a run are in which state. */
export type UnitCounts = Record<
  'planned' | 'working' | 'needs attention' | 'verified' | 'cancelled' | 'skipped',
  number
>;

export type RunView = RunSummary & {
  /** What made its labels wrong, as it was before the run; null where that was not read. */
  why: Origins | null;
  /** The run that this one undoes. */
  undoOf: string | null;
  /** How its days were put together into units; null in an undo. */
  unitChoice: UnitChoice | null;
  /** The campaign that started it; null where a person did. */
  campaignId: string | null;
  /** The approval that it was started with, which may be that of its campaign; null where none was needed. */
  approval: ListedApproval | null;
  counts: UnitCounts;
  /** One page of its units, in order, and which page of how many. Those that need nothing are in `skipped`. */
  units: ItemView[];
  page: { at: number; of: number };
  skipped: { unit: string; skip: string | null }[];
  /** The unit that was asked for, else the one in trouble, in work, or done last. It need not be on the page. */
  focus: ItemView | null;
  /** The unit that stopped, which need not be on the page. */
  stopped: { unit: string; failure: string } | null;
  /** True where a unit of the run can be undone. */
  canUndo: boolean;
  events: RunEvent[];
  /** One sentence: what happens next, or what a person must do. */
  next: string;
  /** What the verified days came to, as it was counted; null before one is. */
  result: string | null;
  /** Conversations whose labels the verified units changed; null where one was not compared yet, or at all. */
  changed: number | null;
  /** What is wrong with the day that stopped, in one sentence; null where none did. */
  situation: string | null;
  controls: Control[];
  /** The controls in words, the right or the safest one first. */
  offers: ControlOffer[];
  cancelAfter: CancelPoint | null;
  /** Null while nobody looks at how to cancel. */
  stay: Stay | null;
};
