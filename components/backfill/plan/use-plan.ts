'use client';

import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { reads } from '@/components/routes';
import { answered } from '@/components/ui/change';
import { useLive } from '@/components/ui/live';
import { useQuery } from '@/components/ui/query';
import { dataOf, failureOfRead } from '@/components/ui/read';
import { cancelPlan, requestPlan } from '@/lib/backfill/control/actions';
import type { PlanProgress, RequestPlan } from '@/lib/backfill/plan/plan-request-model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import type { Failure } from '@/lib/edge/model';

const lookEveryMs = 400;
const keptMs = 60_000;

export type Planned = {
  /** The newest plan. While `making`, it may be the plan of the previous request. */
  plan: Plan | undefined;
  /** The progress of the preview; null while none is being made, and until the first answer. */
  progress: PlanProgress | null;
  making: boolean;
  cancelled: boolean;
  failure: Failure | null;
  again: () => void;
  /** Resolves to whether the preview will be stopped. */
  cancel: () => Promise<boolean>;
};

const isActive = (progress: PlanProgress | undefined) =>
  progress === undefined || progress.status === 'queued' || progress.status === 'running';

/**
 * Asks the worker for the preview of `request` and follows it; null asks for nothing. A preview is kept for a minute.
 * `again` counts everything again, including the days that a recent scan has counted.
 */
export function usePlan(request: RequestPlan | null): Planned {
  const refusal = useRefusal('backfill.plan');
  const [round, setRound] = useState(0);
  const key = JSON.stringify(request);
  const asked = useQuery({
    queryKey: ['plan', key, round],
    queryFn: async () =>
      request && dataOf(await answered(() => requestPlan(round > 0 ? counted(request) : request))).planId,
    enabled: request !== null && refusal === null,
    staleTime: keptMs,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const planId = asked.data ?? null;
  const live = useLive<PlanProgress>({
    url: reads.plan(planId ?? ''),
    enabled: planId !== null,
    everyMs: (progress) => isActive(progress) && lookEveryMs,
    inBackground: true,
    staleMs: keptMs,
  });
  const progress = planId !== null && live.data?.id === planId ? live.data : undefined;
  const [last, setLast] = useState<{ key: string; plan: Plan } | null>(null);
  if (progress?.plan && progress.plan !== last?.plan) setLast({ key, plan: progress.plan });

  const forbidden: Failure | null = refusal === null ? null : { code: 'forbidden', message: refusal, requestId: '' };
  const failure = forbidden ?? failureOfRead(asked.error) ?? live.failure ?? progress?.failure ?? null;
  const making = request !== null && failure === null && isActive(progress);
  return {
    plan: making || last?.key === key ? last?.plan : undefined,
    progress: making ? (progress ?? null) : null,
    making,
    cancelled: progress?.status === 'cancelled',
    failure,
    again: () => setRound((before) => before + 1),
    cancel: async () => {
      if (planId === null) return false;
      const { ok } = await answered(() => cancelPlan({ planId }));
      live.refresh();
      return ok;
    },
  };
}

const counted = (request: RequestPlan): RequestPlan =>
  request.kind === 'backfill' ? { ...request, recount: true } : request;
