import { useState } from 'react';
import { reads } from '@/components/routes';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Pages } from '@/components/ui/pages';
import { Scroller } from '@/components/ui/scroller';
import { Sentence } from '@/components/ui/sentence';
import { Skeleton } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import { Unfold } from '@/components/ui/unfold';
import type { CampaignCustomer, CampaignView } from '@/lib/campaigns/state/campaign-model';
import { agree, count } from '@/lib/words';
import { plannedOf } from '../words';
import { CustomerLinks, OpenChecks } from './customer-row';
import { PlanAgain } from './plan-again';

/** Customers that are not part of the plan: one line that opens into the reasons. */
export function LeftOut({ campaign }: { campaign: CampaignView }) {
  const [open, setOpen] = useState(plannedOf(campaign) === 0);
  const left = campaign.counts['left out'];
  if (left === 0) return null;
  return (
    <section aria-label="Left out" className="flex flex-col gap-2 text-sm">
      <Unfold open={open} onToggle={() => setOpen(!open)}>
        {count(left, 'customer')} {agree(left, 'is', 'are')} left out
      </Unfold>
      {open && <List campaign={campaign} />}
    </section>
  );
}

function List({ campaign }: { campaign: CampaignView }) {
  const [page, setPage] = useState(0);
  const live = useLive<CampaignView>({
    url: reads.campaign(campaign.id, { page, show: 'left out' }),
    everyMs: campaign.status === 'planning' && 3_000,
  });
  return (
    <LiveScreen part live={live} what="The customers could not be read" skeleton={<Skeleton className="h-24" />}>
      {({ customers, page: pages }) => (
        <>
          {campaign.status === 'planned' && <Confirmable campaign={campaign} customers={customers} />}
          <Scroller>
            <table className="w-full border-collapse text-sm">
              <caption className="sr-only">Customers that are left out</caption>
              <TableHead first="Customer" columns={[{ words: 'Why' }]} />
              <tbody>
                {customers.map((one) => (
                  <Row key={one.customerId} customer={one} request={campaign.request} />
                ))}
              </tbody>
            </table>
          </Scroller>
          <div className="flex justify-end text-muted">
            <Pages label="Pages of customers that are left out" page={pages} onTurn={setPage} />
          </div>
        </>
      )}
    </LiveScreen>
  );
}

function Row({ customer, request }: { customer: CampaignCustomer; request: CampaignView['request'] }) {
  const [open, setOpen] = useState(false);
  const { customerId, displayName, sentence, checks } = customer;
  return (
    <tr className="border-line border-b align-top last:border-b-0">
      <th scope="row" className="min-w-40 px-3 py-2 text-left font-medium">
        <Unfold open={open} onToggle={() => setOpen(!open)}>
          <span className="text-left">{displayName}</span>
        </Unfold>
        <span className="block pl-5 font-normal text-muted text-xs">{customerId}</span>
      </th>
      <td className="px-3 py-2 [overflow-wrap:anywhere]">
        {sentence && <Sentence>{sentence}</Sentence>}
        {open && (
          <div className="mt-3 flex flex-col gap-3">
            <OpenChecks checks={checks} />
            <CustomerLinks customerId={customerId} request={request} />
          </div>
        )}
      </td>
    </tr>
  );
}

/** Customers that are left out only because a pre-check is unknown come in when a person confirms it for all. */
function Confirmable({ campaign, customers }: { campaign: CampaignView; customers: CampaignCustomer[] }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const unknown = new Map<string, { title: string; customers: number }>();
  for (const { checks } of customers.filter((one) => one.checks.every(({ verdict }) => verdict !== 'fail')))
    for (const { id, title, verdict } of checks)
      if (verdict === 'unknown' && !campaign.request.confirmed.includes(id))
        unknown.set(id, { title, customers: (unknown.get(id)?.customers ?? 0) + 1 });
  if (unknown.size === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <legend className="sr-only">Confirm for every customer</legend>
      <p>These pre-checks are unknown. What you confirm is confirmed for every customer.</p>
      {[...unknown].map(([id, { title, customers: of }]) => (
        <label key={id} className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-0.5 accent-accent"
            checked={chosen.includes(id)}
            onChange={(event) =>
              setChosen(event.target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
            }
          />
          <span>
            “{title}” is unknown for {count(of, 'customer')}. Go on anyway.
          </span>
        </label>
      ))}
      <div>
        <PlanAgain
          campaign={campaign}
          confirmed={[...campaign.request.confirmed, ...chosen]}
          disabled={chosen.length === 0}
        >
          Confirm and plan again
        </PlanAgain>
      </div>
    </fieldset>
  );
}
