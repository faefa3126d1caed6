'use client';

import { Radar } from 'lucide-react';
import { useState, useTransition } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { FailedLine } from '@/components/ui/states';
import { requestScan } from '@/lib/detection/actions';
import type { Failure } from '@/lib/server/model';

/** Asks the worker to scan a range; the page then shows the progress. */
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
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  return (
    <>
      <Button
        size={size}
        disabled={busy || pending || refusal !== null}
        title={refusal ?? undefined}
        onClick={() =>
          startTransition(async () => {
            const result = await requestScan({ customerId, fromDay, toDay });
            setFailure(result.ok ? null : result.error);
            onChange();
          })
        }
      >
        <Radar aria-hidden className="size-3.5" />
        {busy ? 'Scanning' : 'Scan now'}
      </Button>
      {failure && <FailedLine failure={failure} />}
    </>
  );
}
