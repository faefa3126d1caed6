import { z } from 'zod';
import type { ListedApproval } from '@/lib/approvals/model';
import { PlanHash } from '@/lib/approvals/model';
import { Reason } from '@/lib/audit/model';
import { CampaignFilter } from '@/lib/campaigns/state/campaign-model';
import { DayText } from '@/lib/customers/model';
import { isTimeZone } from '@/lib/days';
import { HoursWindow } from '@/lib/hours-model';

/** The last night of an order is at most this many days ahead, so that somebody looks at it again. */
export const untilDaysMost = 92;

/**
 * What a standing order may do, every night until its end. Nobody changes it: another order replaces it, and is approved
 * like the first. It deletes only beside a right row (no-gap), at most `rowsOfCustomer` label rows of a customer and
 * `rowsOfNight` in all.
 */
export const OrderTerms = z.object({
  filter: CampaignFilter,
  rowsOfNight: z.number().int().min(1).max(10_000_000),
  rowsOfCustomer: z.number().int().min(1).max(10_000_000),
  /** The oldest day that a night repairs, counted back from the newest one that is over and settled. */
  daysBack: z.number().int().min(1).max(366),
  /** The order stops when more customers than this are set aside in a night, and after any run that needs attention. */
  failureBudget: z.number().int().min(0).max(500),
  window: HoursWindow,
  /** The night that begins on this day is the last, in the time zone of the window. */
  untilDay: DayText,
});
export type OrderTerms = z.infer<typeof OrderTerms>;

export const ProposeOrder = OrderTerms.extend({
  reason: Reason,
  /** The order that this one replaces once it is approved. */
  replaces: z.uuid().optional(),
})
  .refine(({ rowsOfCustomer, rowsOfNight }) => rowsOfCustomer <= rowsOfNight, {
    path: ['rowsOfCustomer'],
    message: 'The limit of a customer is above the limit of a night.',
  })
  .refine(({ window }) => window.from !== window.to, {
    path: ['window', 'to'],
    message: 'The window has no hours: it ends when it begins.',
  })
  .refine(({ window }) => isTimeZone(window.timeZone), {
    path: ['window', 'timeZone'],
    message: 'This time zone is not in the IANA database. Write it as Europe/Berlin.',
  });
export type ProposeOrder = z.input<typeof ProposeOrder>;

export const AskOrder = z.object({ orderId: z.uuid(), planHash: PlanHash });
export type AskOrder = z.input<typeof AskOrder>;

export const EndOrder = z.object({ orderId: z.uuid(), reason: Reason });
export type EndOrder = z.input<typeof EndOrder>;

/**
 * `counting`: the worker counts what the order would have done last night. `proposed`: that is known, and a second
 * person decides once the author asks. `active`: it makes a campaign every night. `stopped`: it stopped itself and waits
 * for a person to look. `ended`: by a person, at its end, or replaced.
 */
export const orderStatuses = ['counting', 'proposed', 'active', 'stopped', 'ended'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What a night would do, or would have done, to one customer. `leftOut` says why it would not be repaired. */
export const PreviewCustomer = z.object({
  customerId: z.string(),
  displayName: z.string(),
  days: z.number(),
  rows: z.number(),
  conversations: z.number(),
  seconds: z.number(),
  leftOut: z.string().nullable(),
});
export type PreviewCustomer = z.infer<typeof PreviewCustomer>;

/**
 * What the order would have done in the night before it was proposed, with the labels as they were when it was counted.
 */
export const OrderPreview = z.object({
  night: z.string(),
  fromDay: z.string(),
  toDay: z.string(),
  countedAtMs: z.number(),
  customers: z.array(PreviewCustomer),
});
export type OrderPreview = z.infer<typeof OrderPreview>;

/**
 * `waiting`: the campaign of the night before has not ended, or something that passes kept this one from beginning.
 * `under way`: its campaign is planned or runs. `closing`: the order stopped its campaign, because the window closed or
 * the order ended. `over`: its campaign has ended, or nothing had to be repaired. `missed`: it made no campaign.
 */
export const nightStatuses = ['waiting', 'under way', 'closing', 'over', 'missed'] as const;
export type NightStatus = (typeof nightStatuses)[number];

/** One night of an order: its window, and what it did. `night` is the day on which the window began, in its time zone. */
export type NightView = {
  night: string;
  fromMs: number;
  toMs: number;
  status: NightStatus;
  campaignId: string | null;
  verified: number;
  leftOut: number;
  setAside: number;
  /** Label rows that its verified customers had deleted. */
  rows: number;
  sentence: string;
};

export type OrderSummary = {
  id: string;
  status: OrderStatus;
  terms: OrderTerms;
  /** The terms as one sentence. */
  words: string;
  reason: string;
  createdBy: string;
  createdAtMs: number;
  /** The newest request for an approval; null before the author asks. */
  approval: ListedApproval | null;
  activeAtMs: number | null;
  endedBy: string | null;
  endedAtMs: number | null;
  endReason: string | null;
  replaces: string | null;
  lastNight: NightView | null;
  /** One sentence: what happens next, or what a person must do. */
  next: string;
};

export type OrderView = OrderSummary & {
  /** The hash of the terms with the preview; null before the preview is made. */
  planHash: string | null;
  preview: OrderPreview | null;
  /** The newest first, at most 100. */
  nights: NightView[];
  /** The person who looks proposed it and may ask for its approval now. */
  canAsk: boolean;
  canEnd: boolean;
};

/** What an approval of an order shows and is exactly for. */
export const OrderPlan = z.object({ terms: OrderTerms, preview: OrderPreview, replaces: z.string().nullable() });
export type OrderPlan = z.infer<typeof OrderPlan>;
