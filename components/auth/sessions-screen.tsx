'use client';

import { reads } from '@/components/routes';
import { AccessTabs } from '@/components/shell/place-tabs';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { SureButton } from '@/components/ui/sure-button';
import { Ago, Instant, TimesIn } from '@/components/ui/time';
import type { SessionView } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Result } from '@/lib/edge/model';
import { endSession } from '@/lib/sign-in/actions';
import { browserName } from './browser-name';
import { usePerson } from './person';

/** A person's own sessions, and for an approver everybody's. Each can be ended. */
export function SessionsScreen({ initial }: { initial: Result<SessionView[]> }) {
  const person = usePerson();
  const live = useLive<SessionView[]>({ url: reads.sessions(), initial, everyMs: 10_000 });
  const everybody = may(person.role, 'sessions.manage');
  const columns: Column<SessionView>[] = [
    {
      id: 'person',
      header: 'Person',
      sort: (row) => row.name,
      cell: (row) => (
        <>
          <span className="font-medium">{row.name}</span>
          <span className="block text-muted text-xs">
            {row.role}, {row.provider === 'demo' ? 'demo' : new URL(row.provider).host}
          </span>
          <span className="block text-muted text-xs sm:hidden">
            {browserName(row.userAgent)}, <Ago ms={row.lastSeenAtMs} />
            {row.current && ', this browser'}
          </span>
        </>
      ),
    },
    {
      id: 'browser',
      header: 'Browser',
      from: 'sm',
      cell: (row) => (
        <span title={row.userAgent}>
          {browserName(row.userAgent)}
          {row.current && <span className="block text-muted text-xs">this browser</span>}
        </span>
      ),
    },
    {
      id: 'signedIn',
      header: 'Signed in',
      from: 'md',
      sort: (row) => row.createdAtMs,
      cell: (row) => <Instant ms={row.createdAtMs} seconds={false} />,
    },
    {
      id: 'seen',
      header: 'Last active',
      from: 'sm',
      sort: (row) => row.lastSeenAtMs,
      cell: (row) => <Ago ms={row.lastSeenAtMs} />,
    },
    {
      id: 'ends',
      header: 'Ends',
      from: 'md',
      sort: (row) => Math.min(row.idleExpiresAtMs, row.expiresAtMs),
      cell: (row) => <Instant ms={Math.min(row.idleExpiresAtMs, row.expiresAtMs)} seconds={false} />,
    },
    {
      id: 'end',
      header: '',
      className: 'text-right',
      cell: (row) =>
        row.current ? null : (
          <SureButton
            verb="End session"
            label={`End session of ${row.name}`}
            title={`End the session of ${row.name}`}
            effect={`${browserName(row.userAgent)}, signed in as ${row.role}. It is signed out on its next click.`}
            act={() => endSession({ sessionId: row.id })}
            onDone={live.refresh}
          />
        ),
    },
  ];
  return (
    <LiveScreen live={live} what="The sessions could not be read">
      {(sessions) => (
        <>
          {everybody && <AccessTabs />}
          <Heading
            title="Sessions"
            verdict={
              <span className="text-muted">
                {everybody
                  ? 'Who is signed in, and where. If you end a session, that person is signed out on their next click.'
                  : 'Where you are signed in. If you end a session, you are signed out there on the next click.'}
              </span>
            }
            meta={
              <>
                <TimesIn timeZone="UTC" />
                <Freshness live={live} />
              </>
            }
          />
          <LastKnown lost={live.lost}>
            <DataTable
              caption="Open sessions, last active first"
              columns={columns}
              rows={sessions}
              rowKey={(row) => row.id}
              defaultSort="-seen"
            />
          </LastKnown>
        </>
      )}
    </LiveScreen>
  );
}
