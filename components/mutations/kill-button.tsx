'use client';

import { useState, useTransition } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { FailedLine } from '@/components/ui/states';
import { planKill } from '@/lib/mutations/actions';
import type { MutationRow } from '@/lib/mutations/kill-model';
import type { Failure } from '@/lib/server/model';

/** Asks ClickHouse with TEST what a KILL would stop, and opens what it answers. Nothing is stopped. */
export function KillButton({ mutation, onOpen }: { mutation: MutationRow; onOpen: (killId: string) => void }) {
  const refusal = useRefusal('backfill.run');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  const [customerId] = mutation.customers;
  return (
    <div className="flex flex-col items-end gap-1">
      <Button
        size="sm"
        disabled={refusal !== null || pending || customerId === undefined}
        title={refusal ?? 'Asks ClickHouse with TEST; nothing is stopped.'}
        onClick={() =>
          startTransition(async () => {
            if (customerId === undefined) return;
            const { host, mutationId } = mutation;
            const result = await planKill({ customerId, host, mutationId });
            setFailure(result.ok ? null : result.error);
            if (result.ok) onOpen(result.data.killId);
          })
        }
      >
        Preview a KILL
      </Button>
      {failure && <FailedLine failure={failure} />}
    </div>
  );
}
