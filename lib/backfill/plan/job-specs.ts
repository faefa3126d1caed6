import type { Config } from '@/lib/config';
import type { Scope } from '@/lib/customers/model';
import { firstDayOf } from '@/lib/customers/unit-words-model';
import type { JobKind, JobSpec } from '@/lib/jobs/model';
import { jobLabels, jobName } from '@/lib/jobs/name';
import type { JobOrder, MutationTag } from '@/lib/label-store/model';

export type JobOf = MutationTag & { itemId: string };

const rangeStart = 'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START';
const rangeEnd = 'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END';
const customerFilter = 'FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE';

function spec(
  config: Config,
  kind: JobKind,
  of: JobOf & { customerId: string },
  envOverrides: Record<string, string>,
): JobSpec {
  return {
    name: jobName({ kind, ...of }),
    kind,
    envOverrides,
    deadlineSeconds: config.jobs.deadlineSeconds,
    annotations: { run: of.runId, item: of.itemId, attempt: String(of.attempt) },
    labels: jobLabels({ customer: of.customerId, day: firstDayOf(of.unit) }),
  };
}

/**
 * NOTE: Postgres keeps microseconds, so a chat may start in the last millisecond of a day and after its first
 * microsecond.
 */
const lastMicrosecond = (toMs: number) => new Date(toMs - 1).toISOString().replace('Z', '999Z');

/**
 * The labeler over exactly the scope, or over `range` where it selects by another column than the start. RFC 3339 in UTC;
 * the end is exclusive unless the configuration says otherwise.
 */
export function relabelSpec(
  config: Config,
  scope: Scope,
  of: JobOf,
  range: { fromMs: number; toMs: number } = scope,
): JobSpec {
  const inclusive = config.labeler.rangeEndInclusive;
  return spec(
    config,
    'relabel',
    { ...of, customerId: scope.customerId },
    {
      [rangeStart]: new Date(range.fromMs).toISOString(),
      [rangeEnd]: inclusive ? lastMicrosecond(range.toMs) : new Date(range.toMs).toISOString(),
      [customerFilter]: scope.customerId,
    },
  );
}

/** A Job of this project's own commands; the order is its whole input. */
export function orderSpec(
  config: Config,
  kind: 'backup' | 'prove' | 'delete' | 'restore',
  order: JobOrder,
  of: JobOf,
): JobSpec {
  return spec(config, kind, { ...of, customerId: order.scope.customerId }, { SLC_JOB_ORDER: JSON.stringify(order) });
}
