import Link from 'next/link';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copy';
import type { Column } from '@/components/ui/data-table';
import { Ago, Elapsed } from '@/components/ui/time';
import { unitInWords } from '@/lib/customers/unit-words-model';
import type { MutationRow } from '@/lib/mutations/kill-model';
import { visible } from '@/lib/text';
import { count, formatNumber } from '@/lib/words';
import { healthTones } from './health';
import { KillButton } from './kill-button';

/** The columns of the table; `open` shows the panel of a KILL. */
export function mutationColumns(open: (killId: string) => void): Column<MutationRow>[] {
  const kill = (one: MutationRow) => <KillButton mutation={one} onOpen={open} />;
  return [
    {
      id: 'health',
      header: 'State',
      from: 'sm',
      sort: (one) => ['stuck', 'failing', 'running', 'waiting'].indexOf(one.health),
      cell: (one) => <Badge tone={healthTones[one.health]}>{one.health}</Badge>,
    },
    {
      id: 'mutation',
      header: 'Mutation and evidence',
      className: 'sm:min-w-64',
      cell: (one) => <Evidence mutation={one} kill={kill(one)} />,
    },
    {
      id: 'table',
      header: 'Table',
      from: 'sm',
      sort: (one) => `${one.database}.${one.table}`,
      cell: (one) => (
        <>
          {one.customers.map((customer) => (
            <Link key={customer} href={routes.customer(customer)} className="block font-medium hover:underline">
              {customer}
            </Link>
          ))}
          <span className="block max-w-56 break-all font-mono text-muted text-xs">
            {one.database}.{one.table}
          </span>
        </>
      ),
    },
    {
      id: 'host',
      header: 'Replica',
      from: 'md',
      sort: (one) => one.host,
      cell: (one) => <span className="break-all font-mono text-xs">{one.host}</span>,
    },
    {
      id: 'whose',
      header: 'Made by',
      from: 'md',
      sort: (one) => one.tag?.runId ?? '',
      cell: (one) =>
        one.tag ? (
          <Link href={routes.run(one.tag.runId, { unit: one.tag.unit })} className="underline">
            our run of {unitInWords(one.tag.unit)}
          </Link>
        ) : (
          'somebody else'
        ),
    },
    {
      id: 'parts',
      header: 'Parts to do',
      numeric: true,
      from: 'sm',
      sort: (one) => one.partsToDo,
      cell: (one) => (
        <>
          {formatNumber(one.partsToDo)}
          {one.partsInProgress !== null && one.partsInProgress > 0 && (
            <span className="block text-muted text-xs">{formatNumber(one.partsInProgress)} in progress</span>
          )}
        </>
      ),
    },
    {
      id: 'since',
      header: 'Age',
      numeric: true,
      from: 'sm',
      sort: (one) => one.createdAtMs,
      cell: (one) => <Elapsed fromMs={one.createdAtMs} toMs={null} />,
    },
    {
      id: 'kill',
      header: '',
      from: 'sm',
      className: 'text-right',
      cell: kill,
    },
  ];
}

/** In a narrow window this cell holds what the hidden columns would. */
function Evidence({ mutation, kill }: { mutation: MutationRow; kill: React.ReactNode }) {
  return (
    <div className="flex max-w-xl flex-col gap-1">
      <p className="flex items-center justify-between gap-2 sm:hidden">
        <Badge tone={healthTones[mutation.health]}>{mutation.health}</Badge>
        <span className="text-muted text-xs">
          {count(mutation.partsToDo, 'part')} to do, <Elapsed fromMs={mutation.createdAtMs} toMs={null} />
        </span>
      </p>
      <span className="break-all font-mono text-muted text-xs sm:hidden">
        {mutation.database}.{mutation.table}
      </span>
      <Id value={mutation.mutationId} length={24} />
      <p className="[overflow-wrap:anywhere]">{mutation.sentence}</p>
      {mutation.waitingBehind > 0 && (
        <p className="font-medium text-attention">
          {count(mutation.waitingBehind, 'mutation waits', 'mutations wait')} behind it on this replica.
        </p>
      )}
      {mutation.standingSinceMs !== null && mutation.behind === null && (
        <p className="text-muted text-xs">
          The last progress was <Ago ms={mutation.standingSinceMs} />. The worker looks every 15 s.
        </p>
      )}
      <details className="text-muted text-xs">
        <summary data-row-link>Statement</summary>
        <pre className="mt-1 whitespace-pre-wrap break-all font-mono">{visible(mutation.command, { lines: true })}</pre>
      </details>
      <div className="self-start sm:hidden">{kill}</div>
    </div>
  );
}
