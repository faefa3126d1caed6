import type { z } from 'zod';
import { DropOrder, JobOrder, KillOrder } from '@/lib/label-store/model';
import {
  checkOrder,
  formerRows,
  type Named,
  noProof,
  type Ordered,
  ownBackups,
  ownIds,
  ownRows,
  type Proof,
} from './check-order';
import type { JobRun } from './job-end';
import { killMutation } from './kill-mutation';
import { runBackup } from './run-backup';
import { runDelete } from './run-delete';
import { runDeleteListed } from './run-delete-listed';
import { runDrop } from './run-drop';
import { runProve } from './run-prove';
import { runRestore } from './run-restore';

type Numbers = Record<string, number>;

const job =
  <Order extends Named>(
    shape: z.ZodType<Order>,
    proof: Proof<Order>,
    work: (run: JobRun, ordered: Ordered<Order>) => Promise<Numbers>,
  ) =>
  async (run: JobRun, order: string | null): Promise<Numbers> =>
    work(run, await checkOrder(run.ctx, { shape, proof }, order));

/** Every kind of Job that changes ClickHouse: its order, what that must prove, and what it does. */
export const jobs = {
  backup: job(JobOrder, ownIds, runBackup),
  prove: job(JobOrder, ownRows, runProve),
  delete: job(JobOrder, ownRows, (run, ordered) => (ordered.order.listId ? runDeleteListed : runDelete)(run, ordered)),
  restore: job(JobOrder, formerRows, runRestore),
  kill: job(KillOrder, noProof, killMutation),
  drop: job(DropOrder, ownBackups, runDrop),
};
