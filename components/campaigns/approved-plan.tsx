import Link from 'next/link';
import { routes } from '@/components/routes';
import { rangeName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { type RepairStrategy, strategyTitles } from '@/lib/backfill/state/name-model';
import type { CampaignSummary } from '@/lib/campaigns/state/campaign-model';
import { count, formatNumber, listed } from '@/lib/words';
import { filterName, waveName } from './words';

/** What the approval of a campaign covers: each customer with its bound. */
export type ApprovedCampaign = {
  campaignId: string;
  request: CampaignSummary['request'];
  customers: {
    customerId: string;
    wave: number;
    strategy: RepairStrategy;
    rowsToDelete: number;
    rowsMost: number;
  }[];
};

/** The plan of a campaign as the requester saw it. */
export function CampaignPlanView({ plan, confirmed }: { plan: ApprovedCampaign; confirmed: string[] }) {
  const { campaignId, request, customers } = plan;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Customers</dt>
        <dd>
          {count(customers.length, 'customer')}, chosen as: {filterName(request.filter)}
        </dd>
        <dt className="text-muted">Days</dt>
        <dd>{rangeName(request.fromDay, request.toDay)}</dd>
        <dt className="text-muted">Stops</dt>
        <dd>
          when more than {count(request.failureBudget, 'customer')} are not repaired, or the canary is not verified
        </dd>
        {confirmed.length > 0 && (
          <>
            <dt className="text-muted">Confirmed</dt>
            <dd>unknown pre-checks, for every customer: {listed(confirmed, 20)}</dd>
          </>
        )}
        <dt className="text-muted">Campaign</dt>
        <dd>
          <Link href={routes.campaign(campaignId)} className="underline">
            Open the campaign
          </Link>
        </dd>
      </dl>
      <Scroller className="max-h-[50vh] overflow-y-auto">
        <table className="w-full border-collapse">
          <TableHead
            first="Customer"
            columns={[{ words: 'Wave' }, { words: 'Strategy' }, 'Label rows deleted', 'At most']}
          />
          <tbody>
            {customers.map((one) => (
              <tr key={one.customerId} className="border-line border-b last:border-b-0">
                <th scope="row" className="h-9 px-3 text-left font-medium">
                  <Link href={routes.customer(one.customerId)} prefetch={false} className="hover:underline">
                    {one.customerId}
                  </Link>
                </th>
                <td className="whitespace-nowrap px-3">{waveName(one.wave)}</td>
                <td className="whitespace-nowrap px-3">{strategyTitles[one.strategy]}</td>
                <td className="px-3 text-right">{formatNumber(one.rowsToDelete)}</td>
                <td className="px-3 text-right">{formatNumber(one.rowsMost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </div>
  );
}
