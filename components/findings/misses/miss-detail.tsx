'use client';

import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { DataText } from '@/components/ui/data-text';
import { dayName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { ReasonForm } from '@/components/ui/reason-form';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Instant } from '@/components/ui/time';
import { differencesOf } from '@/lib/detection/changes/miss-model';
import { acknowledgeMiss } from '@/lib/findings/actions';
import type { MissView } from '@/lib/findings/misses/model';
import { agree, count, formatNumber } from '@/lib/words';
import { missTones } from './miss-words';

/** What the increments had recorded of each day, what the full scan counted, and what became of it. */
export function MissDetail({ miss, onChanged }: { miss: MissView; onChanged: () => void }) {
  const { state, days, missed, atMs, timeZone, customerId, endedAtMs, acknowledgedBy, note } = miss;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <p>
          <Badge tone={missTones[state]}>{state}</Badge>
        </p>
        <p>
          The full scan of <Instant ms={atMs} timeZone={timeZone} seconds={false} /> counted at least{' '}
          {count(missed, 'conversation')} on {count(days.length, 'day')} otherwise than the scans of changes had
          recorded. Its counts replaced what was recorded.
        </p>
        {state === 'acknowledged' && endedAtMs !== null && (
          <p>
            <DataText>{acknowledgedBy ?? 'Somebody'}</DataText> acknowledged it at{' '}
            <Instant ms={endedAtMs} timeZone={timeZone} seconds={false} />: <DataText>{note ?? ''}</DataText>
          </p>
        )}
        {state === 'clean since' && endedAtMs !== null && (
          <p>
            By <Instant ms={endedAtMs} timeZone={timeZone} seconds={false} /> scans of changes had recorded each of its
            days again, and later full scans counted the same.
          </p>
        )}
        {state === 'not compared any more' && endedAtMs !== null && (
          <p>
            By <Instant ms={endedAtMs} timeZone={timeZone} seconds={false} /> the days that were left had gone out of
            the watched range, so no full scan compares them again.
          </p>
        )}
        <p className="flex flex-wrap gap-2">
          <ButtonLink size="sm" href={routes.audit({ customer: customerId, action: 'miss.acknowledge' })}>
            Audit
          </ButtonLink>
        </p>
      </div>
      {miss.counts.map((day) => (
        <Day key={day.day} miss={miss} day={day} />
      ))}
      {state === 'open' && <Acknowledge miss={miss} onChanged={onChanged} />}
    </div>
  );
}

function Day({ miss: { customerId, timeZone }, day }: { miss: MissView; day: MissView['counts'][number] }) {
  const lines = differencesOf(day);
  return (
    <Section
      title={dayName(day.day)}
      aside={
        <span className="text-muted text-sm">
          {day.cleanAtMs === null ? (
            'no full scan agreed with a scan of changes since'
          ) : (
            <>
              recorded again, and counted so by the full scan of{' '}
              <Instant ms={day.cleanAtMs} timeZone={timeZone} seconds={false} />
            </>
          )}
          {' · '}
          <Link href={routes.day(customerId, day.day)} className="underline">
            Conversations
          </Link>
        </span>
      }
    >
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">What differs on {dayName(day.day)}</caption>
          <TableHead first="Counted" columns={['recorded', 'full scan']} />
          <tbody>
            {lines.map(({ what, key, recorded, found }) => (
              <tr key={`${what} ${key}`} className="border-line border-b last:border-b-0">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  {what}
                  {key !== null && (
                    <>
                      {' '}
                      <DataText>{key === '' ? 'unassigned' : key}</DataText>
                    </>
                  )}
                </th>
                <td className="px-3 text-right tabular-nums">{formatNumber(recorded)}</td>
                <td className="px-3 text-right tabular-nums">{formatNumber(found)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}

function Acknowledge({ miss, onChanged }: { miss: MissView; onChanged: () => void }) {
  const refusal = useRefusal('findings.manage');
  const { id, daysOpen } = miss;
  return (
    <Section title="Acknowledge">
      <p className="text-muted text-sm">
        It is open until scans of changes have recorded its days again and later full scans count the same (
        {count(daysOpen, 'day')} {agree(daysOpen, 'is', 'are')} left), until no day that is left is watched any more, or
        until somebody says what it was.
      </p>
      {refusal === null ? (
        <ReasonForm
          label="What it was"
          placeholder="A part was copied in from a backup by hand"
          actions={[
            { verb: 'Acknowledge', doing: 'Acknowledging …', act: (note) => acknowledgeMiss({ missId: id, note }) },
          ]}
          onDone={onChanged}
        />
      ) : (
        <p className="text-muted text-sm">To acknowledge it: {refusal.charAt(0).toLowerCase() + refusal.slice(1)}</p>
      )}
    </Section>
  );
}
