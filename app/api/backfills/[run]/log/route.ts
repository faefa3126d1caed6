import { z } from 'zod';
import { stepNames } from '@/lib/backfill/state/name-model';
import { RunAddress } from '@/lib/backfill/view/address';
import { jobLog } from '@/lib/backfill/view/job-log';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.log',
  permission: 'read',
  input: RunAddress.extend({
    item: z.uuid(),
    step: z.enum(stepNames),
    attempt: z.coerce.number().int().min(1).max(100_000).optional(),
  }),
  read: (ctx, { run, item, step, attempt }) => jobLog(ctx, { runId: run, itemId: item, step, attempt }),
});
