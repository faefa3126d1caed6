import Link from 'next/link';
import { Fragment, useState } from 'react';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { CheckLine } from '@/components/ui/check-line';
import { cn } from '@/components/ui/cn';
import { duration } from '@/components/ui/format';
import { ProgressLeft } from '@/components/ui/progress-left';
import { Sentence } from '@/components/ui/sentence';
import { Unfold } from '@/components/ui/unfold';
import { strategyTitles } from '@/lib/backfill/state/name-model';
import type { PreCheck } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import type { CampaignCustomer, CampaignView } from '@/lib/campaigns/state/campaign-model';
import { agree, count, formatNumber } from '@/lib/words';
import { customerTones, waveName } from '../words';

const planned = ['Label rows deleted', 'Conversations', { words: 'Pre-checks' }, 'Time', 'Gap'];
const started = ['Label rows deleted', 'Conversations', 'Gap', { words: 'Run' }];

export const columnsOf = (isStarted: boolean) => [
  { words: isStarted ? 'Status' : 'What happens' },
  ...(isStarted ? started : planned),
];

/** One customer; it opens into what was planned and its pre-checks. */
export function CustomerRows({
  customer,
  request,
  started: isStarted,
}: {
  customer: CampaignCustomer;
  request: CampaignView['request'];
  started: boolean;
}) {
  const [open, setOpen] = useState(false);
  const { customerId, displayName, wave, sentence } = customer;
  return (
    <Fragment>
      <tr className={cn('border-line align-top last:border-b-0', sentence === null && 'border-b')}>
        <th scope="row" className="min-w-40 px-3 py-2 text-left font-medium">
          <Unfold open={open} onToggle={() => setOpen(!open)}>
            <span className="text-left">{displayName}</span>
          </Unfold>
          <span className="block pl-5 font-normal text-muted text-xs">
            {customerId}
            {wave !== null && `, ${waveName(wave)}`}
          </span>
        </th>
        {isStarted ? <Started customer={customer} /> : <Planned customer={customer} />}
      </tr>
      {sentence && (
        <tr className="border-line border-b last:border-b-0">
          <td colSpan={columnsOf(isStarted).length + 1} className="px-3 pb-2 pl-8 text-muted [overflow-wrap:anywhere]">
            <Sentence>{sentence}</Sentence>
          </td>
        </tr>
      )}
      {open && (
        <tr className="border-line border-b bg-raised/40 last:border-b-0">
          <td colSpan={columnsOf(isStarted).length + 1} className="px-3 py-3 pl-8">
            <Details customer={customer} request={request} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Planned({ customer: { plan, checks, checksPassed } }: { customer: CampaignCustomer }) {
  if (plan === null) return <td colSpan={columnsOf(false).length} />;
  return (
    <>
      <td className="px-3 py-2">
        <span className="whitespace-nowrap">{strategyTitles[plan.strategy]}</span>
        <span className="block whitespace-nowrap text-muted text-xs">
          {count(plan.units, 'unit')} of {count(plan.days, 'day')}
        </span>
      </td>
      <td className="px-3 py-2 text-right">{formatNumber(plan.rowsToDelete)}</td>
      <td className="px-3 py-2 text-right font-semibold text-stale">{formatNumber(plan.conversations)}</td>
      <td className="whitespace-nowrap px-3 py-2">
        <ChecksMark checks={checks} passed={checksPassed} />
      </td>
      <td className="whitespace-nowrap px-3 py-2 text-right">{duration(plan.seconds * 1_000)}</td>
      <td className="whitespace-nowrap px-3 py-2 text-right text-muted">
        {plan.gapSeconds > 0 ? duration(plan.gapSeconds * 1_000) : 'none'}
      </td>
    </>
  );
}

function Started({ customer }: { customer: CampaignCustomer }) {
  const { displayName, status, plan, progress, rowsDeleted, gapMs, runId } = customer;
  return (
    <>
      <td className="min-w-44 whitespace-nowrap px-3 py-2">
        <Mark tone={customerTones[status]}>{status}</Mark>
        {progress && (status === 'running' || status === 'needs attention') && (
          <ProgressLeft label={`Progress of ${displayName}`} progress={progress} />
        )}
      </td>
      <td className="whitespace-nowrap px-3 py-2 text-right">
        {rowsDeleted === null ? (
          <span className="text-muted">{plan ? `${formatNumber(plan.rowsToDelete)} planned` : '–'}</span>
        ) : (
          formatNumber(rowsDeleted)
        )}
      </td>
      <td className="px-3 py-2 text-right">{plan ? formatNumber(plan.conversations) : '–'}</td>
      <td className="whitespace-nowrap px-3 py-2 text-right">
        {gapMs === null ? <span className="text-muted">–</span> : gapMs === 0 ? 'none' : duration(gapMs)}
      </td>
      <td className="whitespace-nowrap px-3 py-2">
        {runId ? (
          <Link href={routes.run(runId)} prefetch={false} data-row-link className="underline">
            Open the run
          </Link>
        ) : (
          <span className="text-muted">–</span>
        )}
      </td>
    </>
  );
}

function ChecksMark({ checks, passed }: { checks: PreCheck[]; passed: number }) {
  return checks.length > 0 ? (
    <Mark tone="unknown">{count(checks.length, 'is', 'are')} confirmed</Mark>
  ) : (
    <Mark tone="verified">all {formatNumber(passed)} pass</Mark>
  );
}

const weight = { fail: 0, unknown: 1, pass: 2 };

/** The pre-checks that do not pass, those that fail first. */
export function OpenChecks({ checks }: { checks: PreCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2">
      {checks
        .toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
        .map((check) => (
          <CheckLine key={check.id} verdict={check.verdict} title={check.title} sentence={check.sentence} />
        ))}
    </ul>
  );
}

function Details({ customer, request }: { customer: CampaignCustomer; request: CampaignView['request'] }) {
  const { customerId, plan, checks, checksPassed } = customer;
  return (
    <div className="flex flex-col gap-3">
      {plan && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
          <dt className="text-muted">Strategy</dt>
          <dd>
            {strategyTitles[plan.strategy]}, {count(plan.units, 'unit')} of {count(plan.days, 'day')}, about{' '}
            {duration(plan.seconds * 1_000)}. {strategies[plan.strategy].meanwhile}
          </dd>
          <dt className="text-muted">Bound</dt>
          <dd>
            {count(plan.rowsToDelete, 'label row')} {agree(plan.rowsToDelete, 'is', 'are')} deleted as planned, and at
            most {formatNumber(plan.rowsMost)} if it grew by its turn.
          </dd>
          <dt className="text-muted">Labels</dt>
          <dd className="break-all font-mono text-xs leading-5">
            {plan.labelsTable}, key {plan.labelKey}
          </dd>
          <dt className="text-muted">Pre-checks</dt>
          <dd>
            {formatNumber(checksPassed)} of {formatNumber(checksPassed + checks.length)} pass
          </dd>
        </dl>
      )}
      <OpenChecks checks={checks} />
      <CustomerLinks customerId={customerId} request={request} />
    </div>
  );
}

export function CustomerLinks({ customerId, request }: { customerId: string; request: CampaignView['request'] }) {
  const { fromDay, toDay, units, strategy } = request;
  return (
    <p className="flex flex-wrap gap-4">
      <Link href={routes.customer(customerId, { from: fromDay, to: toDay })} prefetch={false} className="underline">
        Open the customer
      </Link>
      <Link
        href={routes.plan({ customer: customerId, from: fromDay, to: toDay, strategy, units })}
        prefetch={false}
        className="underline"
      >
        Preview it with every pre-check
      </Link>
    </p>
  );
}
