import type { Context } from '@/lib/context';
import { addDays, checkDayRange } from '@/lib/days';
import { judgedFromMs } from '@/lib/detection/model';
import { listScans } from '@/lib/detection/scan/list-scans';
import { listDays } from '@/lib/detection/view/list-days';
import { readSummary } from '@/lib/detection/view/overview';
import type { CustomerAddress } from './address';
import type { CustomerView } from './customer-view-model';
import { listRuns } from './list-runs';

/** What the page of a customer shows. Without a range it covers the 30 days up to the newest day with data. */
export async function readCustomer(
  ctx: Context,
  { customer: customerId, from, to }: CustomerAddress,
): Promise<CustomerView> {
  const [{ summary, timeZone }, scans, runs] = await Promise.all([
    readSummary(ctx, customerId),
    listScans(ctx, { customerId, rowsMax: 5 }),
    listRuns(ctx, { customerId, rowsMax: 20 }),
  ]);
  const today = new Date(ctx.clock.now()).toISOString().slice(0, 10);
  const toDay = to ?? addDays(summary.newestDay ?? today, 1);
  const fromDay = from ?? addDays(toDay, -30);
  checkDayRange(fromDay, toDay);
  const days = await listDays(ctx, { customerId, fromDay, toDay });
  const activeRuns = runs.filter((run) => ['queued', 'running', 'needs attention'].includes(run.status));
  const { safetyMarginMs } = ctx.config.detection;
  const { displayName, state, countedAtMs } = summary;
  const customer = { customerId, displayName, state, timeZone, countedAtMs };
  return { customer, fromDay, toDay, days, scans, activeRuns, judgedFromMs: judgedFromMs(days, safetyMarginMs) };
}
