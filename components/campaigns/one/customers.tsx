import { Pages } from '@/components/ui/pages';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import type { CampaignCustomer, CampaignCustomerStatus, CampaignView } from '@/lib/campaigns/state/campaign-model';
import { formatNumber } from '@/lib/words';
import { plannedOf } from '../words';
import { CustomerRows, columnsOf } from './customer-row';

type Group = { title: string; statuses: CampaignCustomerStatus[] };

const groups: Group[] = [
  { title: 'Needs attention', statuses: ['needs attention'] },
  { title: 'Under way', statuses: ['starting', 'running'] },
  { title: 'Waiting', statuses: ['waiting'] },
  { title: 'Set aside', statuses: ['set aside'] },
  { title: 'Not begun', statuses: ['not begun'] },
  { title: 'Verified', statuses: ['verified'] },
];

/** One page of the customers: those that a person should look at first, then by how far they are. */
export function CampaignCustomers({ campaign, onTurn }: { campaign: CampaignView; onTurn: (page: number) => void }) {
  const { customers, page, counts } = campaign;
  if (plannedOf(campaign) === 0) return null;
  const started = campaign.startedAtMs !== null;
  const columns = columnsOf(started);
  const parts: { group: Group | null; customers: CampaignCustomer[] }[] = started
    ? groups.map((group) => ({ group, customers: customers.filter((one) => group.statuses.includes(one.status)) }))
    : [{ group: null, customers }];
  return (
    <div className="flex flex-col gap-2">
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Customers of the campaign</caption>
          <TableHead first="Customer" columns={columns} />
          {parts
            .filter((part) => part.customers.length > 0)
            .map((part) => (
              <tbody key={part.group?.title ?? 'planned'}>
                {part.group && (
                  <tr className="border-line border-y bg-raised/40">
                    <th
                      scope="rowgroup"
                      colSpan={columns.length + 1}
                      className="h-8 px-3 text-left font-medium text-muted text-xs"
                    >
                      {part.group.title}{' '}
                      {formatNumber(part.group.statuses.reduce((total, one) => total + counts[one], 0))}
                    </th>
                  </tr>
                )}
                {part.customers.map((one) => (
                  <CustomerRows key={one.customerId} customer={one} request={campaign.request} started={started} />
                ))}
              </tbody>
            ))}
        </table>
      </Scroller>
      <div className="flex justify-end text-muted text-sm">
        <Pages label="Pages of customers" page={page} onTurn={onTurn} />
      </div>
    </div>
  );
}
