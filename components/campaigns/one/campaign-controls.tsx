import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ReasonForm } from '@/components/ui/reason-form';
import { controlCampaign } from '@/lib/campaigns/actions';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';

type Offer = CampaignView['controls'][number];

/** What a person may do with the campaign now: pause, resume, stop. Each says what it does before it is confirmed. */
export function CampaignControls({ campaign, onDone }: { campaign: CampaignView; onDone: () => void }) {
  const refusal = useRefusal('backfill.control');
  const [chosen, setChosen] = useState<Offer | null>(null);
  return (
    <>
      {campaign.controls.map((offer) => (
        <Button
          key={offer.control}
          look={offer.control === 'resume' ? 'primary' : 'secondary'}
          disabled={refusal !== null}
          title={refusal ?? offer.effect}
          onClick={() => setChosen(offer)}
        >
          {offer.verb}
        </Button>
      ))}
      <Dialog
        open={chosen !== null}
        onOpenChange={(open) => !open && setChosen(null)}
        title={chosen?.verb ?? ''}
        description={chosen?.effect}
      >
        {chosen && (
          <ReasonForm
            actions={[
              {
                verb: chosen.verb,
                look: chosen.control === 'stop' ? 'danger' : 'primary',
                act: (reason) => controlCampaign({ campaignId: campaign.id, control: chosen.control, reason }),
              },
            ]}
            onDone={() => {
              setChosen(null);
              onDone();
            }}
          />
        )}
      </Dialog>
    </>
  );
}
