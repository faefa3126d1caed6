import { RunAddress } from '@/app/(console)/backfills/[run]/address';
import { planUndo } from '@/lib/backfill/plan-undo';
import { DayText } from '@/lib/customers/model';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.undo',
  permission: 'backfill.plan',
  input: RunAddress.extend({ day: DayText.optional() }),
  shared: true,
  read: (ctx, { run, day }) => planUndo(ctx, { runId: run, day }),
});
