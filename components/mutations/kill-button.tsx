'use client';

import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { FailedLine } from '@/components/ui/states';
import { planKill } from '@/lib/mutations/actions';
import type { MutationRow } from '@/lib/mutations/kill-model';

/** Asks ClickHouse with TEST what a KILL would stop, and opens the answer. Nothing is stopped. */
export function KillButton({ mutation, onOpen }: { mutation: MutationRow; onOpen: (killId: string) => void }) {
  const refusal = useRefusal('backfill.run');
  const { change, pending, failure } = useChange();
  const { host, mutationId } = mutation;
  const [customerId] = mutation.customers;
  return (
    <div className="flex flex-col items-end gap-1">
      <Button
        size="sm"
        disabled={refusal !== null || pending || customerId === undefined}
        title={refusal ?? 'Asks ClickHouse with TEST; nothing is stopped.'}
        onClick={() =>
          customerId !== undefined &&
          change(
            () => planKill({ customerId, host, mutationId }),
            ({ killId }) => onOpen(killId),
          )
        }
      >
        Preview a KILL
      </Button>
      {failure && <FailedLine failure={failure} />}
    </div>
  );
}
