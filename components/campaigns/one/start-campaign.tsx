import { useState } from 'react';
import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { rangeName } from '@/components/ui/format';
import { ReasonForm } from '@/components/ui/reason-form';
import { requestCampaignApproval, startCampaign } from '@/lib/campaigns/actions';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { count, formatNumber } from '@/lib/words';

/** The second person, where one is needed, and the button that starts the campaign. */
export function StartCampaign({ campaign, onDone }: { campaign: CampaignView; onDone: () => void }) {
  const refusal = useRefusal('backfill.run');
  const [open, setOpen] = useState(false);
  const { id: campaignId, planHash, needsApproval, sums, rowsMost, request } = campaign;
  const approval = usePlanApproval('campaign', planHash ?? '', needsApproval && planHash !== null);
  if (planHash === null || sums.customers === 0) return null;
  const approved = !needsApproval || approval.data?.state === 'approved';
  const why =
    refusal ?? (approved ? null : 'It starts by itself as soon as a second person approves exactly this plan.');
  const action =
    rowsMost > 0
      ? `Repair ${count(sums.customers, 'customer')}: delete at most ${count(rowsMost, 'label row')}`
      : `Repair ${count(sums.customers, 'customer')}; nothing is deleted`;
  return (
    <section aria-label="Start" className="flex flex-col gap-3">
      {needsApproval && (
        <PlanApproval
          kind="campaign"
          why={`This campaign needs a second person: it may delete ${count(rowsMost, 'label row')}, which is above the threshold.`}
          live={approval}
          blocked={null}
          ask={(reason) => requestCampaignApproval({ campaignId, planHash, reason })}
        />
      )}
      <Button look="danger" size="tall" disabled={why !== null} onClick={() => setOpen(true)}>
        {action}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      <Dialog open={open} onOpenChange={setOpen} title="Start the campaign">
        <ReasonForm
          optional
          placeholder="CONVI-6242"
          actions={[
            {
              verb: action,
              doing: 'Starting',
              look: 'danger',
              act: (reason) => startCampaign({ campaignId, planHash, reason }),
            },
          ]}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        >
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
            <dt className="text-muted">Customers</dt>
            <dd className="font-medium">
              {formatNumber(sums.customers)}, every profile; first {campaign.canary}
            </dd>
            <dt className="text-muted">Days</dt>
            <dd>{rangeName(request.fromDay, request.toDay)}</dd>
            <dt className="text-muted">If one changed</dt>
            <dd>
              When its turn comes, each customer is planned again. One that is not as planned is set aside, and the
              others go on.
            </dd>
            <dt className="text-muted">Way back</dt>
            <dd>
              The label rows of each unit are backed up and counted before anything is changed. Each run can be undone.
            </dd>
          </dl>
        </ReasonForm>
      </Dialog>
    </section>
  );
}
