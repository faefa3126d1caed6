import { z } from 'zod';
import type { ApprovalSummary } from '@/lib/approvals/model';
import { CustomerId, DayText } from '@/lib/customers/model';
import type { DayCounts } from '@/lib/detection/model';
import type { JobTemplate } from '@/lib/jobs/model';

export const strategies = ['replace', 'no-gap', 'relabel-only'] as const;
export type Strategy = (typeof strategies)[number];

export const runStatuses = ['queued', 'running', 'needs attention', 'verified', 'cancelled', 'closed'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** States of a day. `deleted, not relabelled` is loud on purpose: its labels are gone until the relabel ends. */
export const itemStatuses = [
  'planned',
  'checking',
  'snapshot',
  'backing up',
  'deleting',
  'waiting for mutation',
  'deleted, not relabelled',
  'relabelling',
  'verifying',
  'verified',
  'needs attention',
  'cancelled',
  'skipped',
] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** The steps a day goes through, as its columns show them. */
export const stepNames = ['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify'] as const;
export type StepName = (typeof stepNames)[number];

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
  /** What `jobTemplate` is the hash of, by name; null where it could not be read, absent in plans of old. */
  jobParts?: JobTemplate | null;
  days: DayPlan[];
  checks: PreCheck[];
  expectedActiveDays: { agent: string; before: number | null; expected: number | null }[];
  expectedSeconds: number;
  rowsToDelete: number;
  needsApproval: boolean;
  createdAtMs: number;
  hash: string;
};

export const PlanRequest = z.object({
  customerId: CustomerId,
  fromDay: DayText,
  toDay: DayText,
  strategy: z.enum(strategies).default('replace'),
  /** Only days with affected conversations; the others get a row "skipped". */
  onlyAffected: z.boolean().default(true),
});
export type PlanRequest = z.input<typeof PlanRequest>;

export const StartBackfill = PlanRequest.extend({
  planHash: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().max(1000).default(''),
  /** Ids of unknown pre-checks, and `open-labels`, that the person confirms. */
  confirmed: z.array(z.string().max(80)).max(50).default([]),
});
export type StartBackfill = z.input<typeof StartBackfill>;

export const ControlRun = z.object({
  runId: z.uuid(),
  control: z.enum(['cancel after step', 'cancel after day', 'resume', 'retry', 'relabel only', 'close']),
  reason: z.string().trim().min(3, 'Say why, in a few words.').max(1000),
});
export type ControlRun = z.input<typeof ControlRun>;

export type StepView = {
  step: StepName;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  sentence: string;
  jobName: string | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  numbers: Record<string, number>;
  hasLog: boolean;
};

/** Progress of a mutation on one replica. */
export type MutationProgress = { host: string; partsToDo: number; isDone: boolean; failReason: string };

export type ItemView = {
  id: string;
  day: string;
  status: ItemStatus;
  attempt: number;
  plan: DayPlan;
  steps: StepView[];
  mutation: MutationProgress[];
  failure: string | null;
  gapMs: number | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** The numbers that prove "verified". */
  evidence: Record<string, number>;
};

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
};

export type RunEvent = { id: number; atMs: number; kind: string; text: string; itemId: string | null };

export type RunView = RunSummary & {
  plan: Plan;
  /** The approval that it was started with; null where none was needed. */
  approval: ApprovalSummary | null;
  items: ItemView[];
  events: RunEvent[];
  /** One sentence: what happens next, or what a person must do. */
  next: string;
  controls: z.infer<typeof ControlRun>['control'][];
  cancelAfter: 'step' | 'day' | null;
};
