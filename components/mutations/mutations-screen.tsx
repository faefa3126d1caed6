'use client';

import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { useAhead } from '@/components/ui/ahead';
import { Mark } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty, Failed, Skeleton } from '@/components/ui/states';
import type { Result } from '@/lib/edge/model';
import type { MutationRow, MutationsView } from '@/lib/mutations/kill-model';
import { agree, count } from '@/lib/words';
import { Kills } from './kills';
import { mutationColumns } from './mutation-columns';

const load = () => import('./kill-panel');
const KillPanel = dynamic(() => load().then((module) => module.KillPanel), {
  ssr: false,
  loading: () => <Skeleton className="h-48" />,
});

/** So many databases that could not be read are named. */
const unreadableMost = 10;

const mutationKey = (one: MutationRow) =>
  [one.host, one.database, one.table, one.mutationId, one.createdAtMs, one.command].join(' ');

/** Every unfinished mutation on label tables, ours and others', one row for each replica. */
export function MutationsScreen({ initial }: { initial: Result<MutationsView> }) {
  useAhead(load);
  const [killId, setKillId] = useQueryState('kill', parseAsString);
  const live = useLive<MutationsView>({ url: reads.mutations(), initial, everyMs: 3_000 });
  const columns = useMemo(() => mutationColumns((id) => void setKillId(id, { history: 'push' })), [setKillId]);
  return (
    <>
      <RepairTabs />
      <LiveScreen
        live={live}
        what="The mutations could not be read"
        stillWorks="Mutations go on whether or not this page can be read. Runs and approvals can still be read."
      >
        {(view) => (
          <>
            <Heading
              title="Unfinished mutations"
              verdict={<Verdict view={view} />}
              meta={
                <>
                  <span>{count(view.tables, 'label table')}, one row for each replica</span>
                  <Freshness live={live} />
                </>
              }
            />
            {live.failure && (
              <Failed
                what="ClickHouse could not be asked again"
                failure={live.failure}
                retry={live}
                stillWorks="The values below are the last known ones."
              />
            )}
            {view.unreadable.slice(0, unreadableMost).map((one) => (
              <p key={one.customers.join()} className="text-attention text-sm">
                Could not be read: {one.customers.join(', ')}. {one.sentence}
              </p>
            ))}
            {view.unreadable.length > unreadableMost && (
              <p className="text-attention text-sm">
                {count(view.unreadable.length - unreadableMost, 'more database')} could not be read.
              </p>
            )}
            <LastKnown lost={live.lost} className="flex flex-col gap-6">
              {view.mutations.length === 0 ? (
                <Empty title="No unfinished mutations">
                  {count(view.tables, 'label table was', 'label tables were')} read on every replica. The delete of a
                  backfill appears here while it runs.
                </Empty>
              ) : (
                <DataTable
                  caption="Unfinished mutations, oldest first"
                  columns={columns}
                  rows={view.mutations}
                  rowKey={mutationKey}
                  defaultSort="since"
                  rowClass={() => '[&>td]:align-top'}
                />
              )}
              {view.kills.length > 0 && (
                <Section title="KILLs">
                  <Kills kills={view.kills} onOpen={(id) => void setKillId(id, { history: 'push' })} />
                </Section>
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
      <Dialog
        kind="panel"
        open={killId !== null}
        onOpenChange={(shown) => !shown && setKillId(null)}
        title="KILL of a mutation"
      >
        {killId && <KillPanel killId={killId} onChanged={live.refresh} />}
      </Dialog>
    </>
  );
}

function Verdict({ view }: { view: MutationsView }) {
  const { mutations } = view;
  const stuck = mutations.filter((one) => one.health === 'stuck').length;
  const failing = mutations.filter((one) => one.health === 'failing').length;
  const waiting = mutations.filter((one) => one.behind !== null).length;
  if (mutations.length === 0)
    return view.unreadable.length > 0 ? (
      <Mark tone="unknown">No unfinished mutations on the tables that could be read.</Mark>
    ) : (
      <Mark tone="verified">No unfinished mutations on any label table.</Mark>
    );
  if (stuck + failing === 0)
    return (
      <Mark tone="running">
        {count(mutations.length, 'mutation is', 'mutations are')} running, and none is failing.
      </Mark>
    );
  return (
    <Mark tone="attention">
      {[
        failing > 0 && count(failing, 'mutation is failing', 'mutations are failing'),
        stuck > 0 && count(stuck, 'mutation is stuck', 'mutations are stuck'),
      ]
        .filter(Boolean)
        .join(' and ')}
      {waiting > 0 &&
        `; ${count(waiting, 'mutation waits', 'mutations wait')} behind and ${agree(waiting, 'goes', 'go')} on once the one ahead is gone`}
      .
    </Mark>
  );
}
