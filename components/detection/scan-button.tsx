'use client';

import { Radar } from 'lucide-react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { FailedLine } from '@/components/ui/states';
import { requestScan } from '@/lib/detection/scan/actions';

/** Asks the worker to scan a range. The page then shows the progress. */
export function ScanButton({
  customerId,
  fromDay,
  toDay,
  busy,
  size = 'md',
  onChange,
}: {
  customerId: string;
  fromDay: string;
  toDay: string;
  busy: boolean;
  size?: 'sm' | 'md';
  onChange: () => void;
}) {
  const refusal = useRefusal('scan.run');
  const { change, pending, failure } = useChange();
  return (
    <>
      <Button
        size={size}
        disabled={busy || pending || refusal !== null}
        title={refusal ?? undefined}
        onClick={() => change(() => requestScan({ customerId, fromDay, toDay }), onChange, onChange)}
      >
        <Radar aria-hidden className="size-3.5" />
        {busy ? 'Scanning' : 'Scan now'}
      </Button>
      {failure && <FailedLine failure={failure} />}
    </>
  );
}
