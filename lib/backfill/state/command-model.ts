import { z } from 'zod';
import { PlanHash } from '@/lib/approvals/model';
import { OptionalReason, Reason } from '@/lib/audit/model';
import { CustomerId, DayText } from '@/lib/customers/model';
import { UnitText } from '@/lib/customers/unit-model';
import { controls, isCancel, unitChoices } from './choice-model';
import { repairStrategies } from './name-model';

/** Customers that one worker repairs at a time, at most; units of one customer never overlap. */
export const customersAtOnceMost = 16;

/**
 * At most this many days in one plan: ten years. What a plan costs grows with the conversations of the range, not with
 * its days.
 */
export const daysMax = 3_653;

export const PlanRequest = z.object({
  customerId: CustomerId,
  fromDay: DayText,
  toDay: DayText,
  /** Without one the recommended strategy. */
  strategy: z.enum(repairStrategies).optional(),
  units: z.enum(unitChoices).default('joined'),
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

export const PlanUndo = z.object({ runId: z.uuid(), unit: UnitText.optional() });
export type PlanUndo = z.input<typeof PlanUndo>;

/** Starts an undo, or asks a second person for it. */
export const StartUndo = PlanUndo.extend({
  planHash: PlanHash,
  reason: Reason,
  confirmed: z.array(z.string().max(80)).max(50).default([]),
});
export type StartUndo = z.input<typeof StartUndo>;

/**
 * Cancelling needs no reason, all else does. `seen` is that of the offer: refused when it would now do something else.
 */
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

/** Stays a run before its next delete, keeps the stay, or ends it. */
export const StayRun = z.object({ runId: z.uuid(), stay: z.enum(['take', 'keep', 'release']) });
export type StayRun = z.input<typeof StayRun>;
