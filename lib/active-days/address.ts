import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { Moment } from './model';

const parts = {
  customer: CustomerId,
  from: DayText,
  to: DayText,
  run: z.uuid().optional(),
  before: Moment.optional(),
  after: Moment.optional(),
  useCase: z.string().min(1).max(200).optional(),
};

/** The address of the diff, as `activeDaysDiff` takes it. */
export const ActiveDaysAddress = z.object(parts).transform(({ customer, from, to, run, ...query }) => ({
  ...query,
  customerId: customer,
  fromDay: from,
  toDay: to,
  runId: run,
}));

/** The address of one agent's days, as `agentDays` takes it. */
export const AgentDaysAddress = z
  .object({ ...parts, agent: z.string().min(1).max(500) })
  .transform(({ customer, from, to, run, ...query }) => ({
    ...query,
    customerId: customer,
    fromDay: from,
    toDay: to,
    runId: run,
  }));

export const SnapshotRunsAddress = z.object({ customer: CustomerId });
