import { Badge } from '@/components/ui/badge';
import { Scroller } from '@/components/ui/scroller';
import { Ago } from '@/components/ui/time';
import type { KillView } from '@/lib/mutations/kill-model';
import { killTones } from './health';

const head = 'h-8 whitespace-nowrap px-3 text-left font-medium';

/** The newest KILLs, whatever became of them. */
export function Kills({ kills, onOpen }: { kills: KillView[]; onOpen: (killId: string) => void }) {
  return (
    <Scroller>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">KILLs, newest first</caption>
        <thead className="border-line border-b bg-raised/60 text-muted text-xs">
          <tr>
            {['State', 'Mutation', 'What was found', 'Asked by', 'When'].map((name) => (
              <th key={name} scope="col" className={head}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kills.map((kill) => (
            <tr key={kill.id} className="border-line border-b align-top last:border-b-0 hover:bg-raised/60">
              <td className="px-3 py-2">
                <Badge tone={killTones[kill.state]}>{kill.state}</Badge>
              </td>
              <td className="px-3 py-2">
                <button type="button" onClick={() => onOpen(kill.id)} className="text-left font-medium hover:underline">
                  {kill.plan.mutationId}
                  <span className="block break-all font-mono font-normal text-muted text-xs">
                    {kill.plan.database}.{kill.plan.table}
                  </span>
                </button>
              </td>
              <td className="min-w-56 px-3 py-2">{kill.sentence || 'ClickHouse is being asked with TEST.'}</td>
              <td className="px-3 py-2">{kill.requestedBy}</td>
              <td className="px-3 py-2">
                <Ago ms={kill.requestedAtMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
