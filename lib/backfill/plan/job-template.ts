import type { Config } from '@/lib/config';
import type { Context } from '@/lib/context';
import type { Scope } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import type { JobTemplate } from '@/lib/jobs/model';
import { shortHash, withoutOwnParts } from '@/lib/jobs/template';
import { templateByWorkers } from '@/lib/workers/template-by-workers';
import { relabelSpec } from './job-specs';

/** `jobParts` is null where the platform could not be read; the hash then agrees with no template. */
export type PlannedTemplate = { jobTemplate: string; jobParts: JobTemplate | null };

/** The part that Jobs of this project compare with their own setting. */
const addressPart = 'address of ClickHouse';

/** The address of ClickHouse that a run was planned for; null for the embedded engine. */
export const plannedAddress = (parts: JobTemplate | null): string | null => parts?.[addressPart] ?? null;

/**
 * All that this process makes Jobs from: the platform, its templates, and its own settings of the labeler. Throws
 * AppError when the platform cannot be read.
 */
export async function ownTemplate({ config, launcher }: Pick<Context, 'config' | 'launcher'>): Promise<JobTemplate> {
  const { labeler, jobs, clickhouse } = config;
  const from = await launcher();
  return {
    platform: from.platform,
    ...(await from.template()),
    'labeler’s range': `by ${labeler.rangeColumn}, its end ${labeler.rangeEndInclusive ? 'inclusive' : 'exclusive'}`,
    'labeler’s variant': labeler.variant,
    'deadline of Jobs': `${jobs.deadlineSeconds} s`,
    ...(clickhouse.address === null ? {} : { [addressPart]: clickhouse.address }),
  };
}

/** What this process, a worker, will launch. Throws AppError when the platform cannot be read. */
export async function readTemplate(ctx: Context, scope: Scope): Promise<PlannedTemplate> {
  return hashed(ctx.config, scope, await ownTemplate(ctx));
}

/**
 * The same for a preview, which may be made in a process with other settings than the worker that launches. It is what a
 * worker wrote down last; only where none did, this process reads it. A preview is shown whether or not the platform
 * answers, and a pre-check says so.
 */
export async function plannedTemplate(ctx: Context, scope: Scope): Promise<PlannedTemplate> {
  const known = await templateByWorkers(ctx);
  if (known) return hashed(ctx.config, scope, known);
  return readTemplate(ctx, scope).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ err: error }, 'what Jobs are made from could not be read');
    return hashed(ctx.config, scope, null);
  });
}

/**
 * The hash covers what a relabel Job is given, except its range, and what it is made from. Own Jobs are only recorded.
 */
function hashed(config: Config, scope: Scope, jobParts: JobTemplate | null): PlannedTemplate {
  const spec = relabelSpec(config, scope, { runId: '-', itemId: '-', unit: scope.fromDay, attempt: 1 });
  const given = Object.keys(spec.envOverrides).sort();
  return { jobTemplate: shortHash([given, jobParts && withoutOwnParts(jobParts)]), jobParts };
}
