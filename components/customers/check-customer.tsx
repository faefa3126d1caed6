'use client';

import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { CheckLine } from '@/components/ui/check-line';
import { Dialog } from '@/components/ui/dialog';
import { FailedLine, Skeleton } from '@/components/ui/states';
import { checkCustomer } from '@/lib/customers/actions';
import type { CustomerCheck } from '@/lib/customers/model';

/** Compares the registry's row with what ClickHouse has. */
export function CheckCustomer({ customerId }: { customerId: string }) {
  const [open, setOpen] = useState(false);
  const [checks, setChecks] = useState<CustomerCheck | null>(null);
  const { change, pending, failure } = useChange();
  function check() {
    setOpen(true);
    void change(() => checkCustomer({ customerId }), setChecks);
  }
  return (
    <>
      <Button look="ghost" onClick={check}>
        <ListChecks aria-hidden className="size-3.5" />
        Check tables
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Tables of ${customerId}`}
        description="What the registry says, compared with what ClickHouse has."
      >
        {pending && <Skeleton className="h-24" />}
        {!pending && failure && <FailedLine failure={failure} />}
        {!pending && !failure && checks && (
          <ul className="flex flex-col gap-2">
            {checks.map((check) => (
              <CheckLine key={check.id} verdict={check.verdict} sentence={check.sentence} />
            ))}
          </ul>
        )}
      </Dialog>
    </>
  );
}
