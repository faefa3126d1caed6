'use client';

import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ProgressBar } from '@/components/ui/progress-bar';
import { Empty, Failed } from '@/components/ui/states';
import type { PlanProgress as Progress } from '@/lib/backfill/plan/plan-request-model';
import { planSteps } from '@/lib/backfill/plan/step-model';
import { count, formatNumber } from '@/lib/words';
import type { Planned } from './use-plan';

/** Most previews are ready before this, and those need no bar. */
const patienceMs = 700;

/** What is shown in place of a plan: its progress with a way to cancel it, or why there is none. */
export function PlanProgress({
  planned: { making, progress, cancelled, failure, again, cancel },
  what,
  page,
  children,
}: {
  planned: Planned;
  /** "The preview could not be made". */
  what: string;
  /** It is in place of a whole page. */
  page?: boolean;
  /** A link to go back. */
  children: React.ReactNode;
}) {
  if (failure?.code === 'forbidden')
    return (
      <Empty title="You see no preview here">
        {failure.message} Runs, and the plan of each request for approval, can be read with every role. {children}
      </Empty>
    );
  if (failure)
    return (
      <Failed
        page={page}
        what={what}
        failure={failure}
        stillWorks="A preview changes nothing."
        retry={{ refresh: again }}
      >
        {children}
      </Failed>
    );
  if (cancelled)
    return (
      <Empty title="The preview was cancelled">
        Nothing was changed.{' '}
        <button type="button" className="underline" onClick={again}>
          Preview again
        </button>
      </Empty>
    );
  return making ? <Making key={progress?.id} progress={progress} cancel={cancel} /> : null;
}

function Making({ progress, cancel }: { progress: Progress | null; cancel: Planned['cancel'] }) {
  const [waits, setWaits] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaits(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!waits || !progress) return null;
  const { step, done, total } = progress;
  const share = step ? (planSteps.indexOf(step) + (total ? done / total : 0)) / planSteps.length : 0;
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Badge tone="running">{cancelling ? 'cancelling' : progress.status}</Badge>
        <span className="font-medium">Preview</span>
        <span className="text-muted text-sm">{sentenceOf(progress)}</span>
        <Button
          size="sm"
          className="ml-auto"
          disabled={cancelling}
          onClick={() => {
            setCancelling(true);
            void cancel().then(setCancelling);
          }}
        >
          <X aria-hidden className="size-3.5" />
          Cancel preview
        </Button>
      </div>
      <ProgressBar label="Preview progress" share={share} />
    </div>
  );
}

function sentenceOf({ step, done, total, workers }: Progress): string {
  if (workers === 0) return 'No worker is running. The preview starts when one does.';
  switch (step) {
    case null:
      return 'Waiting for a worker.';
    case 'counting':
      return `Counting affected conversations: ${formatNumber(done)} of ${count(total ?? 0, 'day')} done.`;
    case 'reading':
      return `Reading the labels that will change: ${formatNumber(done)} of ${count(total ?? 0, 'day')} done.`;
    case 'checking':
      return 'Running the pre-checks.';
    case 'active days':
      return 'Counting Active Days before and after.';
  }
}
