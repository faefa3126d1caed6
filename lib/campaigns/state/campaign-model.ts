import { z } from 'zod';
import type { ListedApproval } from '@/lib/approvals/model';
import { PlanHash } from '@/lib/approvals/model';
import { OptionalReason, Reason } from '@/lib/audit/model';
import { unitChoices } from '@/lib/backfill/state/choice-model';
import { customersAtOnceMost } from '@/lib/backfill/state/command-model';
import type { Progress } from '@/lib/backfill/state/model';
import { type RepairStrategy, repairStrategies } from '@/lib/backfill/state/name-model';
import type { PreCheck } from '@/lib/backfill/state/plan-model';
import { CustomerId, DayText } from '@/lib/customers/model';
import { flagNames } from '@/lib/detection/flags';
import type { Pause } from '@/lib/holds/model';
import { HoursWindow } from '@/lib/hours-model';

/**
 * Which customers a campaign repairs: all with affected days in the range, those that are named, or those with a
 * conversation that has one of the flags.
 */
export const CampaignFilter = z.discriminatedUnion('by', [
  z.object({ by: z.literal('all affected') }),
  z.object({ by: z.literal('name'), customerIds: z.array(CustomerId).min(1).max(500) }),
  z.object({ by: z.literal('flag'), flags: z.array(z.enum(flagNames)).min(1).max(flagNames.length) }),
]);
export type CampaignFilter = z.infer<typeof CampaignFilter>;

/** The most label rows that a campaign may delete of one customer, and in all. */
export const CampaignLimits = z.object({
  rowsOfCustomer: z.number().int().min(1).max(100_000_000),
  rowsInAll: z.number().int().min(1).max(1_000_000_000),
});
export type CampaignLimits = z.infer<typeof CampaignLimits>;

export const PlanCampaign = z.object({
  filter: CampaignFilter,
  /** Days of each customer's own time zone. */
  fromDay: DayText,
  toDay: DayText,
  /** Without one, the recommended strategy of each customer. */
  strategy: z.enum(repairStrategies).optional(),
  units: z.enum(unitChoices).default('joined'),
  /** The customer that is repaired first, by itself; without one, the one with the fewest rows to delete. */
  canary: CustomerId.optional(),
  /** Customers in each wave after the canary; the last size is repeated. */
  waves: z.array(z.number().int().min(1).max(500)).min(1).max(20).default([5, 20]),
  /** Customers that are repaired at a time. */
  concurrency: z.number().int().min(1).max(customersAtOnceMost).default(4),
  /** The campaign stops when more customers than this are set aside or need attention. */
  failureBudget: z.number().int().min(0).max(500).default(0),
  /** A customer's fresh plan may delete at most this many percent more rows than the approved one. */
  growthPercent: z.number().int().min(0).max(100).default(20),
  /** Limits of a standing order: customers above them are left out, and no bound passes them. */
  limits: CampaignLimits.optional(),
  /**
   * Ids of unknown pre-checks that are confirmed for every customer; where another is unknown, the customer is left
   * out.
   */
  confirmed: z.array(z.string().max(80)).max(50).default([]),
  window: HoursWindow.optional(),
});
export type PlanCampaign = z.input<typeof PlanCampaign>;

export const campaignStatuses = ['planning', 'planned', 'running', 'paused', 'stopping', 'ended'] as const;
export type CampaignStatus = (typeof campaignStatuses)[number];

/** How a campaign that ended came out. */
export const campaignOutcomes = ['all verified', 'some set aside', 'stopped', 'nothing to repair'] as const;
export type CampaignOutcome = (typeof campaignOutcomes)[number];

/**
 * `left out`: not part of the plan, because a pre-check fails or no day needs a repair, also where that is so only by its
 * turn. `set aside`: its fresh plan left the approved bounds, or its run ended without being verified. `not begun`: the
 * campaign stopped before its turn, or before the first unit of its run.
 */
export const campaignCustomerStatuses = [
  'left out',
  'waiting',
  'starting',
  'running',
  'needs attention',
  'verified',
  'set aside',
  'not begun',
] as const;
export type CampaignCustomerStatus = (typeof campaignCustomerStatuses)[number];

/** What was planned for one customer, and what its fresh plan must still be when its turn comes. */
export type CustomerPlan = {
  strategy: RepairStrategy;
  labelsTable: string;
  labelKey: string;
  jobTemplate: string;
  planHash: string;
  units: number;
  days: number;
  rowsToDelete: number;
  /** The bound: more rows than this are not deleted without a new approval. */
  rowsMost: number;
  conversations: number;
  seconds: number;
  gapSeconds: number;
};

export type CampaignCustomer = {
  customerId: string;
  displayName: string;
  status: CampaignCustomerStatus;
  /** 0 is the canary; null where it is left out. */
  wave: number | null;
  plan: CustomerPlan | null;
  /** The pre-checks that do not pass, and how many do. */
  checks: PreCheck[];
  checksPassed: number;
  /** Why it is left out, set aside or waits, in one sentence; null where there is nothing to say. */
  sentence: string | null;
  runId: string | null;
  progress: Progress | null;
  rowsDeleted: number | null;
  gapMs: number | null;
};

/**
 * `pause`: `resume` undoes it. `stop`: customers that were not begun never are, and a run under way stops before it
 * changes labels, or else after its present unit, with all its labels.
 */
export const campaignControls = ['pause', 'resume', 'stop'] as const;
export type CampaignControl = (typeof campaignControls)[number];

export const StartCampaign = z.object({
  campaignId: z.uuid(),
  planHash: PlanHash,
  reason: OptionalReason.default(''),
});
export type StartCampaign = z.input<typeof StartCampaign>;

export const ControlCampaign = z.object({
  campaignId: z.uuid(),
  control: z.enum(campaignControls),
  reason: Reason,
});
export type ControlCampaign = z.input<typeof ControlCampaign>;

export type CampaignSummary = {
  id: string;
  status: CampaignStatus;
  outcome: CampaignOutcome | null;
  request: z.output<typeof PlanCampaign>;
  /** The standing order that made it; null where a person did. */
  orderId: string | null;
  createdBy: string;
  createdAtMs: number;
  startedBy: string | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  reason: string;
  counts: Record<CampaignCustomerStatus, number>;
  rowsToDelete: number;
  /** Label rows that its runs were counted to have deleted. */
  rowsDeleted: number;
  progress: Progress | null;
};

/** What a campaign comes to over the customers that are not left out. `seconds` is the sum over their runs. */
export type CampaignSums = {
  customers: number;
  units: number;
  days: number;
  rowsToDelete: number;
  conversations: number;
  seconds: number;
  /** The longest that labels of a unit are expected to be missing. */
  gapSeconds: number;
};

/**
 * Which customers a page of a campaign lists: the planned ones with the active ones first, or those that are left out.
 */
export const campaignShows = ['planned', 'left out'] as const;
export type CampaignShow = (typeof campaignShows)[number];

export type CampaignEvent = { id: number; atMs: number; kind: string; text: string; customerId: string | null };

export type CampaignView = CampaignSummary & {
  planHash: string | null;
  /** How many customers are planned already, while the status is "planning". */
  planned: { done: number; of: number } | null;
  sums: CampaignSums;
  /** The bound of rows in all; more are not deleted without a new approval. */
  rowsMost: number;
  needsApproval: boolean;
  approval: ListedApproval | null;
  canary: string | null;
  wave: { at: number; of: number } | null;
  pause: Pause | null;
  /** At most 50 customers, and which page of how many (from 0). */
  customers: CampaignCustomer[];
  page: { at: number; of: number };
  events: CampaignEvent[];
  /** One sentence: what happens next, or what a person must do. */
  next: string;
  controls: { control: CampaignControl; verb: string; effect: string }[];
};
