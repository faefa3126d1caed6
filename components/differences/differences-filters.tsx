import Link from 'next/link';
import { type DifferencesParams, routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Input, Select } from '@/components/ui/field';
import { differenceKinds, kindNames } from '@/lib/differences/kinds-model';
import type { DifferencesView } from '@/lib/differences/model';
import { formatNumber } from '@/lib/words';

type Of = { view: DifferencesView; params: DifferencesParams };
type Summary = NonNullable<DifferencesView['summary']>;

/** Kinds as links with their counts, and a form that works without scripts. All of it is in the address. */
export function DifferencesFilters({ view, params }: Of) {
  const { summary, runId } = view;
  if (!summary) return null;
  const { agent, useCase, q, day, page: _, ...kept } = params;
  return (
    <div className="flex flex-col gap-2">
      <Kinds view={view} params={params} summary={summary} />
      <form
        key={JSON.stringify(params)}
        action={routes.differences(runId)}
        method="get"
        className="flex flex-wrap items-center gap-2"
      >
        {Object.entries(kept).map(
          ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
        )}
        <Input
          data-search
          type="search"
          name="q"
          defaultValue={q}
          maxLength={200}
          aria-label="Search conversations by id"
          placeholder="Conversation id  /"
          className="w-56 max-sm:w-full"
        />
        <Choice name="agent" label="agent" value={agent} options={summary.byAgent} />
        <Choice name="useCase" label="use case" value={useCase} options={summary.byUseCase} />
        <Input type="date" name="day" aria-label="Day of the start" defaultValue={day} />
        <Button type="submit">Filter</Button>
        {(agent || useCase || q || day || params.kind) && (
          <Link
            href={routes.differences(runId, { unit: params.unit, source: params.source })}
            className="text-sm underline"
          >
            All that changed
          </Link>
        )}
      </form>
    </div>
  );
}

function Kinds({ view, params, summary }: Of & { summary: Summary }) {
  const of = (bit: number) =>
    summary.byKinds.reduce((sum, { kinds, conversations }) => sum + (kinds & bit ? conversations : 0), 0);
  const same = summary.conversations - summary.changed;
  const canListSame = view.units.length === 1 && view.units[0]?.hasBackup;
  const link = (kind: string | undefined, words: string, number: number, title?: string) => (
    <Link
      key={words}
      href={routes.differences(view.runId, { ...params, kind, page: undefined })}
      aria-current={params.kind === kind ? 'true' : undefined}
      title={title}
      className={cn(
        'inline-flex h-8 items-center gap-1.5 rounded-md border px-2.5 text-sm hover:bg-raised',
        params.kind === kind ? 'border-accent bg-raised font-medium text-text' : 'border-line text-muted',
      )}
    >
      {words} <span className="font-semibold">{formatNumber(number)}</span>
    </Link>
  );
  return (
    <nav aria-label="Kinds of change" className="flex flex-wrap gap-1">
      {link(undefined, 'Changed', summary.changed)}
      {kindNames
        .filter((kind) => of(differenceKinds[kind].bit) > 0)
        .map((kind) =>
          link(kind, differenceKinds[kind].word, of(differenceKinds[kind].bit), differenceKinds[kind].meaning),
        )}
      {canListSame ? (
        link('same', 'as before', same, 'Their labels are equal before and after. Read from the backup.')
      ) : (
        <span className="inline-flex h-8 items-center gap-1.5 px-2.5 text-muted text-sm">
          as before <span className="font-semibold">{formatNumber(same)}</span>
        </span>
      )}
    </nav>
  );
}

function Choice({
  name,
  label,
  value,
  options,
}: {
  name: string;
  label: string;
  value: string | undefined;
  options: Summary['byAgent'];
}) {
  const named = options.filter(({ key }) => key !== '');
  return (
    <Select name={name} aria-label={`Filter by ${label}`} defaultValue={value ?? ''} className="max-w-56">
      <option value="">Any {label}</option>
      {value && !named.some(({ key }) => key === value) && <option value={value}>{value}</option>}
      {named.map(({ key, conversations }) => (
        <option key={key} value={key}>
          {key} ({formatNumber(conversations)})
        </option>
      ))}
    </Select>
  );
}
