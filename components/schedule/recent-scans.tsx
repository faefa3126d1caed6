import { Badge } from '@/components/ui/badge';
import type { Column } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import { rangeName } from '@/components/ui/format';
import { Ago, Elapsed } from '@/components/ui/time';
import type { RecentScan, ScheduleView } from '@/lib/detection/schedule/view-model';
import { bytes, count, formatNumber } from '@/lib/words';
import { costColumn, customerColumn, PagedTable } from './paged-table';
import { scanStates } from './words';

const columns: Column<RecentScan>[] = [
  customerColumn(),
  {
    id: 'status',
    header: 'Scan',
    cell: (scan) => {
      const { word, tone } = scanStates[scan.status];
      return (
        <>
          <Badge tone={tone}>{word}</Badge>
          {scan.kind && (
            <span className="block text-xs">
              {scan.kind === 'full' ? 'full scan' : count(scan.daysRead ?? 0, 'day that changed', 'days that changed')}
            </span>
          )}
          {scan.failure && (
            <span className="block max-w-prose text-muted text-xs">
              <DataText>{scan.failure}</DataText>
            </span>
          )}
        </>
      );
    },
  },
  {
    id: 'why',
    header: 'Why',
    from: 'sm',
    cell: (scan) => (
      <>
        {scan.cause === 'person' ? `asked by ${scan.requestedBy}` : scan.cause}
        {scan.reason && <span className="block max-w-80 text-muted text-xs">{scan.reason}</span>}
        <span className="block whitespace-nowrap text-muted text-xs">{rangeName(scan.fromDay, scan.toDay)}</span>
      </>
    ),
  },
  {
    id: 'when',
    header: 'When',
    cell: (scan) => (
      <>
        <Ago ms={scan.startedAtMs ?? scan.createdAtMs} />
        {scan.startedAtMs !== null && (
          <span className="block text-muted text-xs">
            took <Elapsed fromMs={scan.startedAtMs} toMs={scan.endedAtMs} />
          </span>
        )}
      </>
    ),
  },
  costColumn('Cost', (scan) => ({
    engineMs: scan.engineMs,
    read: `${formatNumber(scan.rowsRead)} rows, ${bytes(scan.bytesRead)}`,
  })),
];

/** The newest scans of all customers, also those that people asked for. */
export function RecentScans({ scans, onTurn }: { scans: ScheduleView['scans']; onTurn: (page: number) => void }) {
  return (
    <PagedTable
      caption="Scans, newest first"
      columns={columns}
      rows={scans.rows}
      rowKey={(scan) => scan.id}
      empty="No scan ran yet"
      of="scans"
      page={scans.page}
      onTurn={onTurn}
    />
  );
}
