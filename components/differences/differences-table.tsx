import Link from 'next/link';
import { Agent, Clock, Value } from '@/components/detection/evidence-cells';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Id } from '@/components/ui/copy';
import { DataText } from '@/components/ui/data-text';
import { instantIn, shortId, unitName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { differenceKinds, kindsIn } from '@/lib/differences/kinds-model';
import type { Difference, LabelRow } from '@/lib/differences/model';
import { differingCells, type LabelCell, otherChanges, pairsOf } from '@/lib/differences/pairs-model';

const head = 'h-8 whitespace-nowrap px-2 text-left font-medium text-muted text-xs';
const cell = 'h-9 max-w-52 truncate px-2 py-1';
const edge = 'border-line border-l';
const sides = ['Before', 'After'];
const names = ['Agent', 'Use case', 'Start', 'End'];

type Shown = { customerId: string; timeZone: string; columns: readonly string[]; withUnit: boolean };

/** Old labels of each conversation beside its new ones, with the cells that differ marked. */
export function DifferencesTable({ rows, ...shown }: Shown & { rows: Difference[] }) {
  return (
    <Scroller>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Conversations: labels before and after the run, side by side</caption>
        <thead className="bg-raised/60">
          <tr>
            <th rowSpan={2} scope="col" className={head}>
              Conversation
            </th>
            {shown.withUnit && (
              <th rowSpan={2} scope="col" className={head}>
                Unit
              </th>
            )}
            <th rowSpan={2} scope="col" className={head}>
              What changed
            </th>
            {sides.map((side) => (
              <th key={side} colSpan={4} scope="colgroup" className={cn(head, edge, 'h-6 text-text')}>
                {side}
              </th>
            ))}
          </tr>
          <tr className="border-line border-b">
            {sides.flatMap((side) =>
              names.map((name, at) => (
                <th key={`${side} ${name}`} scope="col" className={cn(head, 'h-7', at === 0 && edge)}>
                  {name}
                </th>
              )),
            )}
          </tr>
        </thead>
        {rows.map((row) => (
          <Conversation key={`${row.unit} ${row.conversationId}`} row={row} {...shown} />
        ))}
      </table>
    </Scroller>
  );
}

function Conversation({ row, customerId, timeZone, columns, withUnit }: Shown & { row: Difference }) {
  const pairs = pairsOf(row);
  const { day } = instantIn(row.startAtMs, timeZone);
  const kinds = kindsIn(row.kinds);
  return (
    <tbody className="border-line border-b last:border-b-0">
      {pairs.map((pair, at) => {
        const differs = differingCells(pair.before, pair.after);
        const others = otherChanges(pair, columns);
        const of = { timeZone, day, differs };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of one conversation have no id, and never move.
          <tr key={at} className="hover:bg-raised/60">
            {at === 0 && (
              <>
                <th rowSpan={pairs.length} scope="row" className={cn(cell, 'text-left align-top font-normal')}>
                  <Id value={row.conversationId}>
                    <Link
                      href={routes.day(customerId, day, { show: 'all', open: row.conversationId })}
                      prefetch={false}
                      data-row-link
                      className="underline decoration-dotted underline-offset-4 hover:decoration-solid"
                    >
                      {shortId(row.conversationId, 10)}
                    </Link>
                  </Id>
                </th>
                {withUnit && (
                  <td rowSpan={pairs.length} className={cn(cell, 'align-top text-muted')}>
                    {unitName(row.unit)}
                  </td>
                )}
                <td rowSpan={pairs.length} className={cn(cell, 'max-w-none align-top')}>
                  <span className="flex flex-wrap gap-1">
                    {kinds.map((kind) => (
                      <Badge key={kind} tone="stale" title={differenceKinds[kind].meaning}>
                        {differenceKinds[kind].word}
                      </Badge>
                    ))}
                    {kinds.length === 0 && <span className="text-muted">as before</span>}
                  </span>
                </td>
              </>
            )}
            <Side
              row={pair.before}
              none={row.olds.length === 0 ? 'no label' : 'no such row'}
              {...of}
              differs={noCells}
            />
            <Side row={pair.after} none={row.news.length === 0 ? 'no label' : 'row is gone'} {...of} others={others} />
          </tr>
        );
      })}
    </tbody>
  );
}

const noCells: Set<LabelCell> = new Set();

function Side({
  row,
  none,
  differs,
  timeZone,
  day,
  others = [],
}: {
  row: LabelRow | null;
  none: string;
  differs: Set<LabelCell>;
  timeZone: string;
  day: string;
  others?: { column: string; from: string; to: string }[];
}) {
  if (!row)
    return (
      <td colSpan={4} className={cn(cell, edge, 'text-muted italic')}>
        {none}
      </td>
    );
  return (
    <>
      <td className={cn(cell, edge)}>
        <Value differs={differs.has('agent')}>
          <Agent name={row.agent} />
        </Value>
      </td>
      <td className={cell}>
        <Value differs={differs.has('useCase')}>
          <DataText>{row.useCase}</DataText>
        </Value>
      </td>
      <td className={cell}>
        <Value differs={differs.has('startAtMs')}>
          <Clock ms={row.startAtMs} timeZone={timeZone} day={day} />
        </Value>
      </td>
      <td className={cell}>
        <Value differs={differs.has('endAtMs')}>
          <Clock ms={row.endAtMs} timeZone={timeZone} day={day} />
        </Value>
        {others.map(({ column, from, to }) => (
          <span key={column} className="block text-xs">
            <span className="font-mono text-muted">{column}</span> <DataText>{from}</DataText> →{' '}
            <Value differs>
              <DataText>{to}</DataText>
            </Value>
          </span>
        ))}
      </td>
    </>
  );
}
