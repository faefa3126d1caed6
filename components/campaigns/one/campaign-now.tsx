import { ArrowRight, Hand } from 'lucide-react';
import { ProgressBar } from '@/components/ui/progress-bar';
import { ProgressLeft } from '@/components/ui/progress-left';
import { Ago } from '@/components/ui/time';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { count, formatNumber } from '@/lib/words';

/** How far the campaign is, why it pauses, and what happens next. */
export function CampaignNow({ campaign }: { campaign: CampaignView }) {
  const { status, planned, progress, wave, pause, next } = campaign;
  const isUnderWay = status === 'running' || status === 'paused' || status === 'stopping';
  return (
    <div
      aria-live="polite"
      className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3 text-sm empty:hidden"
    >
      {status === 'planning' && planned && (
        <>
          <span>
            {formatNumber(planned.done)} of {count(planned.of, 'customer')} planned
          </span>
          <ProgressBar label="Planning" share={planned.of > 0 ? planned.done / planned.of : 0} />
        </>
      )}
      {isUnderWay && progress && <ProgressLeft label="Progress of the campaign" progress={progress} />}
      {isUnderWay && wave && (
        <p className="text-muted">
          {wave.at === 0 ? 'Canary' : `Wave ${formatNumber(wave.at)}`} of {count(wave.of, 'wave')}
          {wave.at === 0 && campaign.canary && `: ${campaign.canary}`}
        </p>
      )}
      {pause && (
        <p className="flex items-start gap-2">
          <Hand aria-hidden className="mt-0.5 size-4 shrink-0 text-running" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <span className="font-medium">{pauseWords[pause.cause](pause.by)}</span> <Ago ms={pause.atMs} />:{' '}
            {pause.reason}
          </span>
        </p>
      )}
      {next && (
        <p className="flex items-start gap-2">
          <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{next}</span>
        </p>
      )}
    </div>
  );
}

const pauseWords: Record<NonNullable<CampaignView['pause']>['cause'], (by: string) => string> = {
  person: (by) => `Paused by ${by}`,
  hold: () => 'Held by the console',
  campaign: () => 'Paused by the campaign',
  'stop everything': (by) => `Stopped with everything else by ${by}`,
};
