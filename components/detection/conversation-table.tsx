import { ArrowDown, ArrowUp } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { Id } from '@/components/ui/copy';
import { DataText } from '@/components/ui/data-text';
import { shortId } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { differing } from '@/lib/detection/differ-model';
import type { ConversationEvidence } from '@/lib/detection/model';
import { Agent, Clock, Value } from './evidence-cells';
import { FlagBadges } from './flag-badges';

const head = 'h-8 whitespace-nowrap px-2 text-left font-medium text-muted text-xs';
const cell = 'h-10 max-w-52 truncate px-2 py-1';
const edge = 'border-line border-l';

const sides = [
  { id: 'agent', name: 'Agent' },
  { id: 'useCase', name: 'Use case' },
  { id: 'start', name: 'Start' },
  { id: 'end', name: 'End' },
];

/** Truth and label of each conversation side by side, with the cells that differ marked. */
export function ConversationTable({
  rows,
  timeZone,
  day,
  busy,
  sort,
  onSort,
  onOpen,
}: {
  rows: ConversationEvidence[];
  timeZone: string;
  day: string;
  busy: boolean;
  /** A column of the truth, "-" in front for the largest first. */
  sort: string;
  onSort: (sort: string) => void;
  onOpen: (conversationId: string) => void;
}) {
  return (
    <Scroller>
      <table className={cn('w-full border-collapse text-sm', busy && 'opacity-60')} aria-busy={busy}>
        <caption className="sr-only">Conversations: truth and label side by side</caption>
        <thead className="bg-raised/60">
          <tr>
            <th rowSpan={2} scope="col" className={head}>
              Conversation
            </th>
            <th rowSpan={2} scope="col" className={head}>
              What is wrong
            </th>
            <th colSpan={4} scope="colgroup" className={cn(head, edge, 'h-6 text-text')}>
              Truth
            </th>
            <th colSpan={4} scope="colgroup" className={cn(head, edge, 'h-6 text-text')}>
              Label
            </th>
          </tr>
          <tr className="border-line border-b">
            {sides.map(({ id, name }, index) => (
              <SortHead
                key={`truth ${id}`}
                id={id}
                name={name}
                sort={sort}
                onSort={onSort}
                className={cn(head, 'h-7', index === 0 && edge)}
              />
            ))}
            {sides.map(({ id, name }, index) => (
              <th key={`label ${id}`} scope="col" className={cn(head, 'h-7', index === 0 && edge)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ConversationRow key={row.conversationId} row={row} timeZone={timeZone} day={day} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

/** The head of a column of the truth, by which the server sorts the day. */
function SortHead({
  id,
  name,
  sort,
  onSort,
  className,
}: {
  id: string;
  name: string;
  sort: string;
  onSort: (sort: string) => void;
  className: string;
}) {
  const isDown = sort === `-${id}`;
  const isSorted = isDown || sort === id;
  const Arrow = isDown ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined} className={className}>
      <button
        type="button"
        className={cn('inline-flex items-center gap-1 rounded hover:text-text', isSorted && 'text-text')}
        onClick={() => onSort(sort === id ? `-${id}` : id)}
      >
        {name}
        {isSorted && <Arrow aria-hidden className="size-3" />}
      </button>
    </th>
  );
}

function ConversationRow({
  row,
  timeZone,
  day,
  onOpen,
}: {
  row: ConversationEvidence;
  timeZone: string;
  day: string;
  onOpen: (conversationId: string) => void;
}) {
  const { truth, labels } = row;
  const [label] = labels;
  const differs = label ? differing(truth, label) : new Set();
  return (
    <tr className="border-line border-b last:border-b-0 focus-within:bg-raised/70 hover:bg-raised/60">
      <th scope="row" className={cn(cell, 'text-left font-normal')}>
        <Id value={row.conversationId}>
          <button
            type="button"
            data-row-link
            aria-label={`Open ${row.conversationId}`}
            onClick={() => onOpen(row.conversationId)}
            className="rounded underline decoration-dotted underline-offset-4 hover:decoration-solid"
          >
            {shortId(row.conversationId, 10)}
          </button>
        </Id>
      </th>
      <td className={cn(cell, 'max-w-none')}>
        <FlagBadges row={row} />
      </td>
      {truth ? (
        <>
          <td className={cn(cell, edge)}>
            <Agent name={truth.agent} />
          </td>
          <td className={cell}>{truth.useCase}</td>
          <td className={cell}>
            <Clock ms={truth.startAtMs} timeZone={timeZone} day={day} />
          </td>
          <td className={cell}>
            <Clock ms={truth.endAtMs} timeZone={timeZone} day={day} />
          </td>
        </>
      ) : (
        <td colSpan={4} className={cn(cell, edge, 'text-muted italic')}>
          no truth
        </td>
      )}
      {label ? (
        <>
          <td className={cn(cell, edge)}>
            <Value differs={differs.has('agent')}>
              <Agent name={label.agent} />
            </Value>
            {differs.has('customer') && (
              <span className="mt-0.5 block text-xs">
                <Value differs>
                  <DataText>{`${label.customerId}, ${label.profileId}`}</DataText>
                </Value>
              </span>
            )}
          </td>
          <td className={cell}>
            <Value differs={differs.has('useCase')}>
              <DataText>{label.useCase}</DataText>
            </Value>
          </td>
          <td className={cell}>
            <Value differs={differs.has('start')}>
              <Clock ms={label.startAtMs} timeZone={timeZone} day={day} />
            </Value>
          </td>
          <td className={cell}>
            <Value differs={differs.has('end')}>
              <Clock ms={label.endAtMs} timeZone={timeZone} day={day} />
            </Value>
          </td>
        </>
      ) : (
        <td colSpan={4} className={cn(cell, edge, 'text-attention')}>
          no label
        </td>
      )}
    </tr>
  );
}
