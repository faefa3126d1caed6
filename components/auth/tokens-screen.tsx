'use client';

import { Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { reads } from '@/components/routes';
import { AccessTabs } from '@/components/shell/place-tabs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import { SureButton } from '@/components/ui/sure-button';
import { Ago, Instant, TimesIn } from '@/components/ui/time';
import type { Tone } from '@/components/ui/tone';
import type { TokenView } from '@/lib/auth/model';
import type { Result } from '@/lib/edge/model';
import { revokeToken } from '@/lib/sign-in/actions';
import { count } from '@/lib/words';

const NewToken = dynamic(() => import('./new-token').then((module) => module.NewToken), { ssr: false });
const tones: Record<TokenView['state'], Tone> = { valid: 'running', expired: 'unknown', revoked: 'unknown' };

const columnsFor = (onDone: () => void): Column<TokenView>[] => [
  {
    id: 'name',
    header: 'Token',
    sort: (row) => row.name,
    cell: (row) => (
      <>
        <span className="font-medium [overflow-wrap:anywhere]">{row.name}</span>
        <span className="block text-muted text-xs">{row.role}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    sort: (row) => row.state,
    cell: (row) => <Badge tone={tones[row.state]}>{row.state}</Badge>,
  },
  {
    id: 'by',
    header: 'Created by',
    from: 'md',
    sort: (row) => row.createdBy,
    cell: (row) => (
      <>
        {row.createdBy}
        <span className="block text-muted text-xs">
          <Ago ms={row.createdAtMs} />
        </span>
      </>
    ),
  },
  {
    id: 'used',
    header: 'Last used',
    from: 'sm',
    sort: (row) => row.lastUsedAtMs ?? 0,
    cell: (row) =>
      row.lastUsedAtMs === null ? <span className="text-muted">never</span> : <Ago ms={row.lastUsedAtMs} />,
  },
  {
    id: 'expires',
    header: 'Expires',
    from: 'md',
    sort: (row) => row.expiresAtMs,
    cell: (row) => <Instant ms={row.expiresAtMs} seconds={false} />,
  },
  {
    id: 'revoke',
    header: '',
    className: 'text-right',
    cell: (row) =>
      row.state === 'valid' && (
        <SureButton
          verb="Revoke"
          label={`Revoke ${row.name}`}
          title={`Revoke the token ${row.name}`}
          effect="Its next use is refused. It cannot be made valid again; a new token may have its name."
          act={() => revokeToken({ tokenId: row.id })}
          onDone={onDone}
        />
      ),
  },
];

/** The access tokens of programs: who made them, what they may do, and when they were used last. */
export function TokensScreen({ initial }: { initial: Result<TokenView[]> }) {
  const live = useLive<TokenView[]>({ url: reads.tokens(), initial, everyMs: 10_000 });
  const [making, setMaking] = useState(false);
  return (
    <>
      <AccessTabs />
      <LiveScreen live={live} what="The access tokens could not be read" stillWorks="Valid tokens stay valid.">
        {(tokens) => (
          <>
            <Heading
              title="Access tokens"
              verdict={
                <span className="text-muted">
                  {count(tokens.filter(({ state }) => state === 'valid').length, 'valid token')}. A program acts under
                  the name of its token and within its role, on the command line and as a reader of the pages’ data.
                </span>
              }
              meta={
                <>
                  <TimesIn timeZone="UTC" />
                  <Freshness live={live} />
                </>
              }
              actions={
                <Button look="primary" onClick={() => setMaking(true)}>
                  <Plus aria-hidden className="size-3.5" />
                  New token
                </Button>
              }
            />
            <LastKnown lost={live.lost}>
              {tokens.length === 0 ? (
                <Empty title="No program has a token yet">
                  A program uses its token as SLC_TOKEN on the command line, or as Bearer token of a read.
                </Empty>
              ) : (
                <DataTable
                  caption="Access tokens, valid ones first"
                  columns={columnsFor(live.refresh)}
                  rows={tokens}
                  rowKey={(row) => row.id}
                  defaultSort=""
                />
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
      {making && (
        <NewToken
          onClose={() => {
            setMaking(false);
            live.refresh();
          }}
        />
      )}
    </>
  );
}
