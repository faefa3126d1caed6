'use client';

import { ScanSearch } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Dialog } from '@/components/ui/dialog';
import { dayName, utcText } from '@/components/ui/format';
import { FailedLine, Skeleton } from '@/components/ui/states';
import type { DayCounts, DayResult, QuickCheckResult } from '@/lib/detection/model';
import { quickCheck } from '@/lib/detection/scan/actions';
import { bytes, count, formatNumber } from '@/lib/words';
import { daySummary } from './day-state';

const figures: { key: keyof Omit<DayCounts, 'flags'>; label: string }[] = [
  { key: 'conversations', label: 'conversations' },
  { key: 'affected', label: 'affected' },
  { key: 'stale', label: 'stale' },
  { key: 'duplicates', label: 'duplicates' },
  { key: 'missing', label: 'missing' },
  { key: 'orphans', label: 'orphans' },
  { key: 'settling', label: 'settling' },
  { key: 'open', label: 'open' },
];

/** Counts one day now, within limits of rows and seconds. Nothing is stored. */
export function QuickCheckButton({
  customerId,
  day,
  stored,
}: {
  customerId: string;
  day: string;
  stored: DayResult | null;
}) {
  const [open, setOpen] = useState(false);
  const [counted, setCounted] = useState<QuickCheckResult | null>(null);
  const { change, pending, failure } = useChange();
  function check() {
    setOpen(true);
    void change(() => quickCheck({ customerId, day }), setCounted);
  }
  return (
    <>
      <Button onClick={check}>
        <ScanSearch aria-hidden className="size-3.5" />
        Check now
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Quick check of ${dayName(day)}`}
        description="Counted just now through the Distributed tables; nothing is stored."
      >
        {pending && <Skeleton className="h-40" />}
        {!pending && failure && <FailedLine failure={failure} />}
        {!pending && !failure && counted && <Counted result={counted} stored={stored} />}
      </Dialog>
    </>
  );
}

function Counted({ result, stored }: { result: QuickCheckResult; stored: DayResult | null }) {
  const { day, provenance } = result;
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p className="font-medium">{daySummary(day)}</p>
      <table className="w-full">
        <thead className="text-muted text-xs">
          <tr className="border-line border-b text-right">
            <th scope="col" className="py-1 text-left font-medium">
              Conversations
            </th>
            <th scope="col" className="py-1 font-medium">
              Now
            </th>
            {stored && (
              <th scope="col" className="py-1 font-medium" title={utcText(stored.asOfMs)}>
                Last scan
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {figures.map(({ key, label }) => (
            <tr key={key} className="border-line border-b text-right last:border-b-0">
              <th scope="row" className="py-1 text-left font-normal text-muted">
                {label}
              </th>
              <td className="font-medium">{formatNumber(day[key])}</td>
              {stored && <td className="text-muted">{formatNumber(stored[key])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="text-muted text-xs">
        As of {utcText(provenance.asOfMs)}. {formatNumber(provenance.rowsRead)} rows, {bytes(provenance.bytesRead)} read
        in {(provenance.elapsedMs / 1000).toFixed(2)} s.
      </p>
      <details className="text-muted text-xs">
        <summary className="w-fit cursor-pointer">
          {count(provenance.queryIds.length, 'statement')} in the query log of ClickHouse
        </summary>
        <ul className="mt-1 break-all font-mono">
          {provenance.queryIds.map((id) => (
            <li key={id}>{id}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
