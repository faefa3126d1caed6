import type { Scope } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import type { JobTemplate } from '@/lib/jobs/model';
import { shortHash } from '@/lib/jobs/template';
import type { Context } from '@/lib/server/context';
import { relabelSpec } from './job-specs';

/** `jobParts` is null where the platform could not be read; the hash then agrees with no template. */
export type PlannedTemplate = { jobTemplate: string; jobParts: JobTemplate | null };

/**
 * What will be launched: the platform, all that a relabel Job is told but its range, and what the platform makes Jobs
 * from. Throws AppError when the platform cannot be read.
 */
export async function readTemplate(ctx: Context, scope: Scope): Promise<PlannedTemplate> {
  const launcher = await ctx.launcher();
  return of(ctx, scope, { platform: launcher.platform, ...(await launcher.template()) });
}

/** The same for a preview, which is shown whether or not the platform answers: a pre-check says so. */
export async function plannedTemplate(ctx: Context, scope: Scope): Promise<PlannedTemplate> {
  return readTemplate(ctx, scope).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ err: error }, 'the template of the relabel Job could not be read');
    return of(ctx, scope, null);
  });
}

function of({ config }: Context, scope: Scope, platform: JobTemplate | null): PlannedTemplate {
  const { labeler, jobs } = config;
  const spec = relabelSpec(config, scope, { runId: '-', itemId: '-', day: scope.fromDay, attempt: 1 });
  const jobParts = platform && {
    ...platform,
    'labeler’s range': `by ${labeler.rangeColumn}, its end ${labeler.rangeEndInclusive ? 'inclusive' : 'exclusive'}`,
    'labeler’s variant': labeler.variant,
    'deadline of Jobs': `${jobs.deadlineSeconds} s`,
  };
  return { jobTemplate: shortHash([Object.keys(spec.envOverrides).sort(), jobParts]), jobParts };
}
