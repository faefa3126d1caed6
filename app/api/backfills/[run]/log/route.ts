import { z } from 'zod';
import { RunAddress } from '@/app/(console)/backfills/[run]/address';
import { jobLog } from '@/lib/backfill/job-log';
import { stepNames } from '@/lib/backfill/model';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.log',
  permission: 'read',
  input: RunAddress.extend({ item: z.uuid(), step: z.enum(stepNames) }),
  read: (ctx, { run, item, step }) => jobLog(ctx, { runId: run, itemId: item, step }),
});
