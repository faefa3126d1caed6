import Link from 'next/link';
import { routes } from '@/components/routes';
import { DataText } from '@/components/ui/data-text';
import { Section } from '@/components/ui/heading';
import type { Breakdown, DayResult } from '@/lib/detection/model';
import { isCutShort } from '@/lib/detection/shares-model';
import { atLeastText, formatNumber } from '@/lib/words';

type Entry = Breakdown & { day: string; days: number };

/** Adds up the breakdowns of the days. `day` is the day with most of them, which the link opens. */
function merge(days: DayResult[], pick: (day: DayResult) => Breakdown[]): Entry[] {
  const entries = new Map<string, Entry & { most: number }>();
  for (const day of days) {
    for (const row of pick(day)) {
      const known = entries.get(row.key);
      if (!known) {
        entries.set(row.key, { ...row, day: day.day, days: 1, most: row.affected });
        continue;
      }
      known.affected += row.affected;
      known.stale += row.stale;
      known.duplicates += row.duplicates;
      known.days += 1;
      if (row.affected > known.most) Object.assign(known, { day: day.day, most: row.affected });
    }
  }
  return [...entries.values()].filter((entry) => entry.affected > 0).sort((a, b) => b.affected - a.affected);
}

/** Affected conversations by agent and by use case, largest first. */
export function Breakdowns({ customerId, days }: { customerId: string; days: DayResult[] }) {
  const agents = merge(days, (day) => day.byAgent);
  const useCases = merge(days, (day) => day.byUseCase);
  const isCut = (pick: (day: DayResult) => Breakdown[]) => days.some((day) => isCutShort(pick(day)));
  if (agents.length === 0 && useCases.length === 0) return null;
  return (
    <div className="grid min-w-0 content-start gap-5 max-lg:sm:grid-cols-2">
      <Bars
        title="By agent"
        entries={agents}
        atLeast={isCut((day) => day.byAgent)}
        hrefOf={(entry) => routes.day(customerId, entry.day, { agent: entry.key || undefined })}
      />
      <Bars
        title="By use case"
        entries={useCases}
        atLeast={isCut((day) => day.byUseCase)}
        hrefOf={(entry) => routes.day(customerId, entry.day, { useCase: entry.key || undefined })}
      />
    </div>
  );
}

function Bars({
  title,
  entries,
  atLeast,
  hrefOf,
}: {
  title: string;
  entries: Entry[];
  /** Of a day not all were kept: there may be more of them, and more of each. */
  atLeast: boolean;
  hrefOf: (entry: Entry) => ReturnType<typeof routes.day>;
}) {
  const most = entries[0]?.affected ?? 1;
  return (
    <Section title={title} aside={<span className="text-muted text-xs">affected conversations</span>}>
      <ul className="flex flex-col">
        {entries.slice(0, 6).map((entry) => (
          <li key={entry.key}>
            <Link
              href={hrefOf(entry)}
              prefetch={false}
              className="grid grid-cols-[minmax(0,1fr)_5rem_3rem] items-center gap-3 rounded-md px-2 py-1 text-sm hover:bg-raised"
            >
              <span className="truncate">
                <DataText>{entry.key || 'unassigned'}</DataText>
              </span>
              <span aria-hidden className="h-1.5 rounded-full bg-raised">
                <span
                  className="block h-full rounded-full bg-stale-solid"
                  style={{ width: `${Math.max((entry.affected / most) * 100, 3)}%` }}
                />
              </span>
              <span className="text-right font-medium">{atLeastText(entry.affected, atLeast)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {entries.length > 6 && (
        <p className="px-2 text-muted text-xs">
          and {atLeast && 'at least '}
          {formatNumber(entries.length - 6)} more
        </p>
      )}
    </Section>
  );
}
