import { useRouter } from 'next/navigation';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { FailedLine } from '@/components/ui/states';
import { controlCampaign, planCampaign } from '@/lib/campaigns/actions';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';

/**
 * Plans the same campaign again, as the labels are now: customers that are repaired need nothing any more. `confirmed`
 * are the unknown pre-checks that a person confirms for all. A plan that has not started is discarded.
 */
export function PlanAgain({
  campaign: { id, request, status },
  confirmed,
  disabled = false,
  children,
}: {
  campaign: Pick<CampaignView, 'id' | 'request' | 'status'>;
  confirmed?: string[];
  disabled?: boolean;
  children: React.ReactNode;
}) {
  const router = useRouter();
  const refusal = useRefusal('backfill.plan');
  const { change, pending, failure } = useChange();
  // A canary that is repaired would be left out; then the plan chooses another.
  const canary = status === 'planned' ? request.canary : undefined;
  const again = { ...request, canary, confirmed: confirmed ?? request.confirmed };
  async function plan() {
    const planned = await planCampaign(again);
    // Two plans of the same labels would both wait for a start.
    if (planned.ok && status === 'planned')
      await controlCampaign({ campaignId: id, control: 'stop', reason: `Planned again: ${planned.data.campaignId}` });
    return planned;
  }
  return (
    <>
      <Button
        disabled={pending || disabled || refusal !== null}
        title={refusal ?? undefined}
        onClick={() => change(plan, ({ campaignId }) => router.push(routes.campaign(campaignId)))}
      >
        {pending ? 'Asking' : children}
      </Button>
      {failure && <FailedLine failure={failure} />}
    </>
  );
}
