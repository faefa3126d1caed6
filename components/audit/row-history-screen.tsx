import Link from 'next/link';
import { routes } from '@/components/routes';
import { ReasonText } from '@/components/tickets/reason-text';
import { DataText } from '@/components/ui/data-text';
import { Heading } from '@/components/ui/heading';
import { LoadAgain } from '@/components/ui/load-again';
import { Scroller } from '@/components/ui/scroller';
import { Empty, Failed } from '@/components/ui/states';
import { Instant, TimesIn } from '@/components/ui/time';
import type { FormerRow, RowHistory } from '@/lib/backfill/backups/row-history-model';
import type { Result } from '@/lib/edge/model';
import { RowHistoryForm } from './row-history-form';

/** The label rows of a conversation that repairs deleted: who, when, why, and what they held. */
export function RowHistoryScreen({
  found,
  customer,
  conversation,
}: {
  /** Null while no conversation was named. */
  found: Result<RowHistory> | null;
  customer: string;
  conversation: string;
}) {
  return (
    <>
      <Heading
        title="Deleted label rows"
        verdict={
          <span className="text-muted">
            {found?.ok ? found.data.sentence : 'The label rows of one conversation that repairs deleted.'}
          </span>
        }
        meta={
          <>
            {found && (
              <>
                <Link href={routes.customer(customer)} className="underline">
                  {customer}
                </Link>
                <span className="break-all font-mono">{conversation}</span>
              </>
            )}
            <TimesIn timeZone="UTC" />
          </>
        }
      />
      <RowHistoryForm key={`${customer} ${conversation}`} customer={customer} conversation={conversation} />
      {found && !found.ok && (
        <Failed what="The backups could not be read" failure={found.error}>
          <LoadAgain />
        </Failed>
      )}
      {found?.ok && found.data.rows.length === 0 && (
        <Empty title="No backup holds a row of this conversation">
          A row that the labeler replaced by a newer version with the same key was not deleted, so it is not listed
          here.
        </Empty>
      )}
      {found?.ok && (
        <div className="flex flex-col gap-4">
          {found.data.atLeast && <p className="text-sm">Only the newest {found.data.rows.length} rows are shown.</p>}
          {found.data.rows.map((row, index) => (
            <Former key={`${row.backupId} ${JSON.stringify(row.columns)} ${index.toString()}`} row={row} />
          ))}
          {found.data.audit.length > 0 && <Trail audit={found.data.audit} />}
        </div>
      )}
    </>
  );
}

function Former({ row }: { row: FormerRow }) {
  return (
    <section className="flex flex-col gap-2 rounded-md border border-line p-3">
      <h2 className="font-medium text-sm">{row.sentence}</h2>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
        <span>
          copied <Instant ms={row.backedUpAtMs} />
        </span>
        {row.deletedAtMs !== null && (
          <span>
            deleted <Instant ms={row.deletedAtMs} />
          </span>
        )}
        {row.run && (
          <Link href={routes.run(row.run.id, { unit: row.run.day })} className="underline">
            run of {row.run.day}, attempt {row.run.attempt}, {row.run.status}
          </Link>
        )}
        {row.run && (
          <Link href={routes.audit({ run: row.run.id })} className="underline">
            its audit
          </Link>
        )}
      </p>
      <Scroller>
        <table className="text-sm">
          <caption className="sr-only">The row as it was</caption>
          <tbody>
            {Object.entries(row.columns).map(([name, value]) => (
              <tr key={name} className="border-line border-b last:border-b-0">
                <th
                  scope="row"
                  className="h-8 whitespace-nowrap px-3 text-left font-mono font-normal text-muted text-xs"
                >
                  {name}
                </th>
                <td className="px-3 py-1 [overflow-wrap:anywhere]">
                  {value === null ? <span className="text-muted">NULL</span> : <DataValue text={value} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </section>
  );
}

function DataValue({ text }: { text: string }) {
  return text === '' ? <span className="text-muted">empty</span> : <DataText>{text}</DataText>;
}

function Trail({ audit }: Pick<RowHistory, 'audit'>) {
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-medium text-sm">What the audit says of these runs</h2>
      <ol className="flex flex-col gap-1 text-sm">
        {audit.map((entry) => (
          <li key={entry.id} className="flex flex-wrap gap-x-3">
            <span className="text-muted">
              <Instant ms={entry.atMs} />
            </span>
            <span>{entry.actor}</span>
            <span className="font-mono text-xs leading-5">{entry.action}</span>
            <DataText>{entry.subject}</DataText>
            {entry.reason && (
              <span className="text-muted">
                <ReasonText>{entry.reason}</ReasonText>
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
