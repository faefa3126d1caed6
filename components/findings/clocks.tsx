import { span } from '@/components/ui/format';
import { Instant } from '@/components/ui/time';
import { repairedAfterMs, seenAfterMs } from '@/lib/findings/clock-model';
import { agentsAtLeast } from '@/lib/findings/history/model';
import type { FindingView } from '@/lib/findings/model';
import { atLeastText } from '@/lib/words';
import { WrongFor } from './finding-columns';

/** The clocks of a finding, which come from the data: how long until it was seen, repaired, and wrong in all. */
export function Clocks({ finding }: { finding: FindingView }) {
  const { timeZone, truthChangedAtMs, firstSeenAtMs, repairedAtMs, fallenBackAtMs, resolvedAtMs } = finding;
  const seen = seenAfterMs(finding);
  const repaired = repairedAfterMs(finding);
  return (
    <dl className="grid grid-cols-2 gap-2 text-sm sm:grid-cols-3">
      <Clock
        name="Truth changed"
        title="The newest version of the truth of the conversations that are wrong"
        value={
          truthChangedAtMs === null ? (
            'not known'
          ) : (
            <Instant ms={truthChangedAtMs} timeZone={timeZone} year seconds={false} />
          )
        }
      />
      <Clock
        name="First seen"
        value={<Instant ms={firstSeenAtMs} timeZone={timeZone} year seconds={false} />}
        note={seen === null ? null : `${span(seen)} after the truth changed`}
      />
      <Clock
        name="Repaired"
        value={repairedAtMs === null ? 'not yet' : <Instant ms={repairedAtMs} timeZone={timeZone} seconds={false} />}
        note={repaired === null ? null : `${span(repaired)} after it was seen`}
      />
      {fallenBackAtMs !== null && (
        <Clock name="Fell back" value={<Instant ms={fallenBackAtMs} timeZone={timeZone} seconds={false} />} />
      )}
      {resolvedAtMs !== null && (
        <Clock name="Clean without a run" value={<Instant ms={resolvedAtMs} timeZone={timeZone} seconds={false} />} />
      )}
      <Clock name="Wrong for" value={<WrongFor finding={finding} />} />
      <Clock
        name="Agent-days wrong"
        title="Agents with an affected conversation on this day, when there were most"
        value={atLeastText(finding.worstAgents, agentsAtLeast(finding.worstAgents))}
      />
    </dl>
  );
}

function Clock({
  name,
  value,
  note,
  title,
}: {
  name: string;
  value: React.ReactNode;
  note?: string | null;
  title?: string;
}) {
  return (
    <div title={title} className="rounded-lg border border-line bg-surface px-3 py-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd>
        <span className="font-medium">{value}</span>
        {note && <span className="block text-muted text-xs">{note}</span>}
      </dd>
    </div>
  );
}
