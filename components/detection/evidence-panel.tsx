'use client';

import Link from 'next/link';
import { routes } from '@/components/routes';
import { CopyButton } from '@/components/ui/copy';
import { DataText } from '@/components/ui/data-text';
import { Dialog } from '@/components/ui/dialog';
import { utcText } from '@/components/ui/format';
import { inMarkdown } from '@/components/ui/markdown';
import { Scroller } from '@/components/ui/scroller';
import { Empty } from '@/components/ui/states';
import { useZone } from '@/components/ui/zone';
import { type Cell, differing } from '@/lib/detection/differ-model';
import { flagFacts, flagsOf } from '@/lib/detection/flags';
import type { ConversationEvidence, EvidenceRow } from '@/lib/detection/model';
import { whySentence } from '@/lib/detection/why-model';
import { count } from '@/lib/words';
import { Neighbours } from './evidence/neighbours';
import { whatIsWrongWith } from './evidence/words';
import { Agent, Clock, Value } from './evidence-cells';
import { FlagBadges } from './flag-badges';
import { classWord } from './flags';
import { WhyOfConversation } from './why';

/** One conversation: its newest truth beside the newest label row of each label key. */
export function EvidencePanel({
  row,
  wanted,
  shown,
  customerId,
  timeZone,
  onOpen,
  onClose,
}: {
  row: ConversationEvidence | undefined;
  wanted: string | null;
  /** The rows of the table behind the panel, through which it leads. */
  shown: readonly ConversationEvidence[];
  customerId: string;
  timeZone: string;
  onOpen: (conversationId: string) => void;
  onClose: () => void;
}) {
  const at = row ? shown.indexOf(row) : -1;
  const zone = useZone(timeZone);
  return (
    <Dialog
      kind="panel"
      open={wanted !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Conversation ${wanted ?? ''}`}
      description={
        row
          ? `${count(row.labels.length, 'distinct label')}; times in ${zone}${zone === 'UTC' ? '' : ', point at one to see UTC'}.`
          : undefined
      }
    >
      {at >= 0 && shown.length > 1 && <Neighbours shown={shown} at={at} onOpen={onOpen} />}
      {row ? (
        <Evidence row={row} customerId={customerId} timeZone={timeZone} />
      ) : (
        <Empty title="This conversation is not among the rows shown">
          It may have been repaired, or a filter may hide it. Search for its id to see it.
        </Empty>
      )}
    </Dialog>
  );
}

const lines: { name: string; cell: Cell | null; draw: (row: EvidenceRow, timeZone: string) => React.ReactNode }[] = [
  { name: 'Agent', cell: 'agent', draw: (row) => <Agent name={row.agent} /> },
  { name: 'Use case', cell: 'useCase', draw: (row) => <DataText>{row.useCase || '–'}</DataText> },
  { name: 'Start', cell: 'start', draw: (row, timeZone) => <Clock ms={row.startAtMs} timeZone={timeZone} /> },
  { name: 'End', cell: 'end', draw: (row, timeZone) => <Clock ms={row.endAtMs} timeZone={timeZone} /> },
  {
    name: 'Customer, profile',
    cell: 'customer',
    draw: (row) => <DataText>{`${row.customerId}, ${row.profileId}`}</DataText>,
  },
  { name: 'Written', cell: null, draw: (row, timeZone) => <Clock ms={row.updatedAtMs} timeZone={timeZone} /> },
];

function Evidence({ row, customerId, timeZone }: { row: ConversationEvidence; customerId: string; timeZone: string }) {
  const differences = row.labels.map((label) => differing(row.truth, label));
  return (
    <div className="flex flex-col gap-4">
      <FlagBadges row={row} />
      <WhyOfConversation row={row} timeZone={timeZone} />
      <ul className="flex flex-col gap-1 text-sm">
        {whatIsWrongWith(row, timeZone).map((sentence) => (
          <li key={sentence}>
            <DataText>{sentence}</DataText>
          </li>
        ))}
        {row.class === 'open' && <li>The conversation is still open. It is judged when it has ended.</li>}
        {row.class === 'settling' && (
          <li>It changed within the safety margin. It is judged when the margin has passed.</li>
        )}
        {row.class === 'fresh' && <li>The label matches the truth.</li>}
      </ul>
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <thead className="bg-raised/60 text-muted text-xs">
            <tr className="border-line border-b">
              <th scope="col" className="h-8 px-3 text-left font-medium">
                <span className="sr-only">Column</span>
              </th>
              <th scope="col" className="h-8 px-3 text-left font-medium">
                Truth
              </th>
              {row.labels.map((label, index) => (
                <th key={rowKey(label)} scope="col" className="h-8 whitespace-nowrap px-3 text-left font-medium">
                  {row.labels.length > 1 ? `Label ${index + 1}` : 'Label'}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ name, cell, draw }) => (
              <tr key={name} className="border-line border-b last:border-b-0">
                <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-normal text-muted">
                  {name}
                </th>
                <td className="px-3 [overflow-wrap:anywhere]">
                  {row.truth ? draw(row.truth, timeZone) : <span className="text-muted">no truth</span>}
                </td>
                {row.labels.map((label, index) => (
                  <td key={rowKey(label)} className="px-3 [overflow-wrap:anywhere]">
                    <Value whole differs={cell !== null && (differences[index]?.has(cell) ?? false)}>
                      {draw(label, timeZone)}
                    </Value>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link
          href={routes.rowHistory({ customer: customerId, conversation: row.conversationId })}
          className="text-sm underline"
        >
          Label rows that repairs deleted
        </Link>
        <CopyButton text={() => markdownOf(row)}>Copy for the ticket</CopyButton>
      </div>
    </div>
  );
}

const rowKey = (label: EvidenceRow) =>
  `${label.customerId} ${label.profileId} ${label.agent} ${label.useCase} ${label.startAtMs} ${label.endAtMs}`;

/** The evidence as Markdown for a ticket, with a link. */
function markdownOf(row: ConversationEvidence): string {
  const text = (ms: number) => (ms === 0 ? 'open (1970-01-01)' : utcText(ms));
  const line = (side: string, one: EvidenceRow) =>
    `| ${side} | ${inMarkdown(one.agent) || 'unassigned'} | ${inMarkdown(one.useCase)} | ${text(one.startAtMs)} | ${text(one.endAtMs)} | ${text(one.updatedAtMs)} |`;
  const flags = flagsOf(row.flags).map((flag) => flagFacts[flag].word);
  const why = whySentence(row, utcText);
  return [
    `Conversation ${inMarkdown(row.conversationId)}: ${classWord(row) ?? flags.join(', ')}`,
    ...(why ? ['', inMarkdown(why)] : []),
    '',
    '| | agent | use case | start | end | written |',
    '|---|---|---|---|---|---|',
    ...(row.truth ? [line('truth', row.truth)] : []),
    ...row.labels.map((label, index) => line(`label ${index + 1}`, label)),
    '',
    window.location.href,
  ].join('\n');
}
