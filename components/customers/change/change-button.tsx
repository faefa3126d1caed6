'use client';

import { Pencil } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/states';

const ChangeCustomer = dynamic(() => import('./change-customer').then((module) => module.ChangeCustomer), {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
});

/** Opens what can be changed of a customer: its row of the registry, and whether it is worked on. */
export function ChangeButton({ customerId, onDone }: { customerId: string; onDone: () => void }) {
  const refusal = useRefusal('customers.manage');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} disabled={refusal !== null} title={refusal ?? undefined}>
        <Pencil aria-hidden className="size-3.5" />
        Edit or pause
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={`Edit or pause ${customerId}`} wide>
        <ChangeCustomer
          customerId={customerId}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      </Dialog>
    </>
  );
}
