import Link from 'next/link';
import { type DifferencesParams, reads, routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { FileLinks } from '@/components/ui/file-links';
import { rangeName, unitName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { LoadAgain } from '@/components/ui/load-again';
import { Empty, Failed } from '@/components/ui/states';
import { TimesIn } from '@/components/ui/time';
import type { DifferencesView } from '@/lib/differences/model';
import type { Result } from '@/lib/edge/model';
import { formatNumber } from '@/lib/words';
import { DifferencesFilters } from './differences-filters';
import { DifferencesTable } from './differences-table';
import { UnitsTable } from './units-table';

/** What a run changed: old labels beside new ones, of the run or of one unit. */
export function DifferencesScreen({
  runId,
  found,
  params,
}: {
  runId: string;
  found: Result<DifferencesView>;
  params: DifferencesParams;
}) {
  if (!found.ok)
    return (
      <Failed page what="What the run changed could not be read" failure={found.error}>
        {found.error.code === 'not_found' ? (
          <Link href={routes.backfills()} className="underline">
            All runs
          </Link>
        ) : (
          <Link href={routes.run(runId)} className="underline">
            The run
          </Link>
        )}
        <LoadAgain />
      </Failed>
    );
  const view = found.data;
  return (
    <>
      <Heading
        title={
          <>
            <span>What changed</span>
            <Link href={routes.customer(view.customerId)} className="text-muted hover:text-text hover:underline">
              {view.customerId}
            </Link>
            <span>{view.unit ? unitName(view.unit) : rangeName(view.fromDay, view.toDay)}</span>
          </>
        }
        verdict={view.summary ? view.sentence : <Mark tone="unknown">{view.sentence}</Mark>}
        meta={
          <>
            <Link href={routes.run(runId, view.unit ? { unit: view.unit } : undefined)} className="underline">
              {view.strategy === 'undo' ? 'the undo' : `the run, ${view.strategy}`}
            </Link>
            {view.unit && view.units.length === 1 && (
              <Link href={routes.differences(runId)} className="underline">
                all units of the run
              </Link>
            )}
            <TimesIn timeZone={view.timeZone} />
          </>
        }
        actions={
          view.source && (
            <FileLinks what="changes" file={(format) => reads.differencesFile(runId, { ...params, format })} />
          )
        }
      />
      {view.notices.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm">
          {view.notices.map((notice) => (
            <li key={notice}>
              <Mark tone="unknown">{notice}</Mark>
            </li>
          ))}
        </ul>
      )}
      <Sources view={view} params={params} />
      <DifferencesFilters view={view} params={params} />
      {view.rows.length > 0 ? (
        <>
          <DifferencesTable
            rows={view.rows}
            customerId={view.customerId}
            timeZone={view.timeZone}
            columns={view.summary?.columns ?? []}
            withUnit={view.units.length > 1}
          />
          <Turn view={view} params={params} />
        </>
      ) : (
        view.summary && <Nothing view={view} params={params} />
      )}
      {view.units.length > 1 && <UnitsTable runId={runId} units={view.units} />}
    </>
  );
}

type Of = { view: DifferencesView; params: DifferencesParams };

/** The other place where the differences of a unit can be read, where there is one. */
function Sources({ view, params }: Of) {
  const [only] = view.units;
  if (!only || view.units.length > 1 || !only.summary || !only.hasBackup) return null;
  const other = view.source === 'backup' ? 'stored' : 'backup';
  return (
    <p className="text-sm">
      <Link
        href={routes.differences(view.runId, { ...params, source: other, kind: undefined, page: undefined })}
        className="underline"
      >
        {other === 'backup'
          ? 'Compare the backup with the labels of now'
          : 'Show what was compared when the unit was verified'}
      </Link>
    </p>
  );
}

function Nothing({ view, params }: Of) {
  const { agent, useCase, q, day, kind } = params;
  if (agent || useCase || q || day || kind)
    return (
      <Empty title="No conversation matches">Remove a filter. The numbers above cover all that was compared.</Empty>
    );
  if (view.summary?.changed === 0)
    return <Empty title="No conversation changed">Every label that was written is equal to the one before it.</Empty>;
  return <Empty title="The conversations are not kept">Their numbers are.</Empty>;
}

function Turn({ view, params }: Of) {
  const { at, of } = view.page;
  const to = (page: number) => routes.differences(view.runId, { ...params, page: String(page + 1) });
  if (of <= 1) return null;
  return (
    <nav aria-label="Pages of conversations" className="flex items-center gap-3 text-sm">
      {at > 0 && (
        <Link href={to(at - 1)} className="underline">
          Previous
        </Link>
      )}
      <span>
        Page {formatNumber(at + 1)} of {formatNumber(of)}, {formatNumber(view.total)} conversations
      </span>
      {at + 1 < of && (
        <Link href={to(at + 1)} className="underline">
          Next
        </Link>
      )}
    </nav>
  );
}
