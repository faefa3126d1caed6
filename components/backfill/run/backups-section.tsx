'use client';

import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { reads, routes } from '@/components/routes';
import { dayName, unitName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { Scroller } from '@/components/ui/scroller';
import { Failed } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import { Ago } from '@/components/ui/time';
import type { BackupView } from '@/lib/backfill/backups/backup-model';
import { bytes, count, formatNumber } from '@/lib/words';

const until = (ms: number) => dayName(new Date(ms).toISOString().slice(0, 10));

/**
 * The backups of a run, of a customer or of all: size, age, and when each will be dropped. With `growing`, more backups
 * are being taken, so it reads more often, and once more when that ends.
 */
export function BackupsSection({ run, customer, growing }: { run?: string; customer?: string; growing?: boolean }) {
  const live = useLive<BackupView[]>({ url: reads.backups({ run, customer }), everyMs: growing ? 2_000 : 30_000 });
  const { refresh } = live;
  const grew = useRef(growing);
  useEffect(() => {
    if (grew.current && !growing) refresh();
    grew.current = growing;
  }, [growing, refresh]);
  if (live.failure && !live.data)
    return (
      <Failed
        what="The backups could not be read"
        failure={live.failure}
        stillWorks="They are kept whether or not this page can be read."
        retry={live}
      />
    );
  const backups = live.data ?? [];
  if (backups.length === 0) return null;
  const size = backups.reduce((sum, backup) => sum + backup.bytes, 0);
  return (
    <Section
      title="Backups"
      aside={
        <span className="text-muted text-sm">
          {count(backups.length, 'backup')}, {bytes(size)}
        </span>
      }
    >
      {run ? <BackupLines backups={backups} /> : <BackupTable backups={backups} />}
    </Section>
  );
}

/** The backups of one run, a few lines each. */
function BackupLines({ backups }: { backups: BackupView[] }) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-lg border border-line bg-surface text-sm">
      {backups.map((backup) => (
        <li key={backup.backupId} className="px-3 py-2">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{backup.unit ? unitName(backup.unit) : backup.backupId}</span>
            <span className="text-muted">{backup.list ? 'the wrong rows only' : 'before the run'}</span>
          </p>
          <p className="text-muted">
            {count(backup.rows, 'row')}, {bytes(backup.bytes)}, taken <Ago ms={backup.takenAtMs} />.{' '}
            {backup.dropAtMs === null ? backup.sentence : `Kept until ${until(backup.dropAtMs)}.`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function BackupTable({ backups }: { backups: BackupView[] }) {
  return (
    <Scroller className="max-h-72 overflow-y-auto">
      <table className="w-full border-collapse text-sm">
        <TableHead first="Unit" columns={['Rows', 'Size', 'Taken', { words: 'Kept until' }]} />
        <tbody>
          {backups.map((backup) => (
            <tr key={`${backup.database} ${backup.backupId}`} className="border-line border-b last:border-b-0">
              <th scope="row" className="whitespace-nowrap px-3 py-1.5 text-left font-medium">
                {backup.runId ? (
                  <Link href={routes.run(backup.runId)} prefetch={false} className="hover:underline">
                    {backup.customerId} {backup.unit && unitName(backup.unit)}
                  </Link>
                ) : (
                  (backup.unit && unitName(backup.unit)) || backup.backupId
                )}
                {backup.list && <span className="block font-normal text-muted text-xs">the wrong rows only</span>}
              </th>
              <td className="px-3 text-right">{formatNumber(backup.rows)}</td>
              <td className="whitespace-nowrap px-3 text-right">{bytes(backup.bytes)}</td>
              <td className="whitespace-nowrap px-3 text-right text-muted">
                <Ago ms={backup.takenAtMs} />
              </td>
              <td className="min-w-40 px-3 text-muted" title={backup.sentence}>
                {backup.dropAtMs === null ? backup.sentence : until(backup.dropAtMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
