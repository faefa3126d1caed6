import type { Context } from '@/lib/context';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec } from '@/lib/jobs/model';
import type { Db } from '@/lib/postgres/client';
import { count } from '@/lib/words';
import { dryRunByWorkers } from '@/lib/workers/dry-run-by-workers';
import { type Finding, fail, pass, unknown } from './input';

/** Of a context: the clock, the workers' rows and the launcher. */
type Asking = Pick<Context, 'clock'> & {
  db: Db;
  launcher(): Promise<Pick<Launcher, 'preview'>>;
};

/**
 * Whether the platform accepts `jobs` Jobs like this one. If this account may not check it, the dry runs of the workers
 * are used. The worker makes another one for each day, and no confirmation replaces that one.
 */
export async function accepted(ctx: Asking, spec: JobSpec, jobs: number): Promise<Finding> {
  const own = await (await ctx.launcher()).preview(spec);
  const { verdict, sentence } = own.byWorker ? await dryRunByWorkers(ctx, spec.kind) : own;
  const numbers = { jobs };
  const before = own.byWorker ? ' The worker has it accepted again before anything of a unit is deleted.' : '';
  if (verdict === 'pass') return pass(`${sentence}${before} It is launched for ${count(jobs, 'unit')}.`, numbers);
  if (verdict === 'fail')
    return fail(
      `${sentence} Nothing is deleted before the ${spec.kind} Job is accepted: the health page names what is missing.`,
      numbers,
    );
  return unknown(
    `${own.byWorker ? `${own.sentence} ` : ''}${sentence}${before} Confirm only if you know that ${count(jobs, `${spec.kind} Job`)} will be accepted.`,
    numbers,
  );
}
