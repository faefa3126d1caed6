import { z } from 'zod';
import { controls } from '../choice-model';
import type { ItemState } from '../machine';
import { strategyNames, workStatuses } from '../name-model';
import { type LabelsAre, labelsAre } from '../states';

const base = z.object({
  strategy: z.enum(strategyNames),
  hasRows: z.boolean(),
  attempt: z.number().int(),
  tries: z.number().int(),
  backupAttempt: z.number().int().nullable(),
  wrongRows: z.object({ attempt: z.number().int(), rows: z.number().int(), hash: z.string() }).nullable(),
  deletingRest: z.boolean(),
  passingSinceMs: z.number().nullable(),
});

/** A day's state as it is stored: every field is there, and every name is one of the tables. */
export const StateJson: z.ZodType<ItemState> = z.discriminatedUnion('status', [
  base.extend({ status: z.enum(['planned', ...workStatuses, 'verified']) }),
  base.extend({
    status: z.literal('needs attention'),
    failedIn: z.enum(workStatuses),
    labels: z.enum(Object.keys(labelsAre) as LabelsAre[]),
    sentence: z.string(),
    asked: z.boolean(),
    remedy: z.enum(controls).nullable(),
  }),
  base.extend({ status: z.enum(['cancelled', 'skipped']), sentence: z.string() }),
]);
