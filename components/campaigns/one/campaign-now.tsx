import { ArrowRight, Hand } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { ProgressBar } from '@/components/ui/progress-bar';
import { ProgressLeft } from '@/components/ui/progress-left';
import { Ago } from '@/components/ui/time';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';

/** How far the campaign is, and what happens next or why it pauses. */
export function CampaignNow({ campaign: { status, planned, progress, pause, next } }: { campaign: CampaignView }) {
  const Icon = pause ? Hand : ArrowRight;
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3 text-sm">
      {progress && <ProgressLeft label="Progress of the campaign" progress={progress} timeZone="UTC" />}
      <p className="flex items-start gap-2">
        <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', pause ? 'text-running' : 'text-muted')} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span aria-live="polite">{next}</span>
          {pause && (
            <span className="text-muted">
              {' '}
              Since <Ago ms={pause.atMs} />.
            </span>
          )}
        </span>
      </p>
      {status === 'planning' && planned && (
        <ProgressBar label="Planning" share={planned.of > 0 ? planned.done / planned.of : 0} />
      )}
    </div>
  );
}
