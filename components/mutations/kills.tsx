import { Badge } from '@/components/ui/badge';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Ago } from '@/components/ui/time';
import type { KillView } from '@/lib/mutations/kill-model';
import { killTones } from './health';

const foundOf = (kill: KillView) => kill.sentence || 'ClickHouse is being asked with TEST.';

/** The newest KILLs, with their results. */
export function Kills({ kills, onOpen }: { kills: KillView[]; onOpen: (killId: string) => void }) {
  const columns: Column<KillView>[] = [
    { id: 'state', header: 'State', cell: (kill) => <Badge tone={killTones[kill.state]}>{kill.state}</Badge> },
    {
      id: 'mutation',
      header: 'Mutation',
      cell: (kill) => (
        <>
          <button type="button" onClick={() => onOpen(kill.id)} className="text-left font-medium hover:underline">
            {kill.plan.mutationId}
            <span className="block break-all font-mono font-normal text-muted text-xs">
              {kill.plan.database}.{kill.plan.table}
            </span>
          </button>
          <p className="mt-1 sm:hidden">{foundOf(kill)}</p>
          <p className="text-muted text-xs sm:hidden">
            {kill.requestedBy}, <Ago ms={kill.requestedAtMs} />
          </p>
        </>
      ),
    },
    { id: 'found', header: 'What was found', from: 'sm', cell: foundOf },
    { id: 'by', header: 'Asked by', from: 'sm', cell: (kill) => kill.requestedBy },
    { id: 'when', header: 'When', from: 'sm', cell: (kill) => <Ago ms={kill.requestedAtMs} /> },
  ];
  return (
    <DataTable
      caption="KILLs, newest first"
      columns={columns}
      rows={kills}
      rowKey={(kill) => kill.id}
      defaultSort=""
      sortParam="kills"
      rowClass={() => '[&>td]:align-top'}
    />
  );
}
