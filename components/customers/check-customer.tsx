'use client';

import { ListChecks } from 'lucide-react';
import { useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { answered } from '@/components/ui/change';
import { CheckLine } from '@/components/ui/check-line';
import { Dialog } from '@/components/ui/dialog';
import { FailedLine, Skeleton } from '@/components/ui/states';
import { checkCustomer } from '@/lib/customers/actions';
import type { CustomerCheck } from '@/lib/customers/model';
import type { Result } from '@/lib/server/model';

/** Asks ClickHouse whether the registry's row is true. */
export function CheckCustomer({ customerId }: { customerId: string }) {
  const [open, setOpen] = useState(false);
  const [result, setResult] = useState<Result<CustomerCheck> | null>(null);
  const [pending, startTransition] = useTransition();
  function check() {
    setOpen(true);
    startTransition(async () => setResult(await answered(() => checkCustomer({ customerId }))));
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
        description="What the registry says against what ClickHouse has."
      >
        {pending && <Skeleton className="h-24" />}
        {!pending && result && !result.ok && <FailedLine failure={result.error} />}
        {!pending && result?.ok && (
          <ul className="flex flex-col gap-2">
            {result.data.map((check) => (
              <CheckLine key={check.id} verdict={check.verdict} sentence={check.sentence} />
            ))}
          </ul>
        )}
      </Dialog>
    </>
  );
}
