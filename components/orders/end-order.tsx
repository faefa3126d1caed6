import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ReasonForm } from '@/components/ui/reason-form';
import { endOrder } from '@/lib/orders/actions';
import type { OrderView } from '@/lib/orders/model';

/** Ends the order, after a dialog that says what this stops. */
export function EndOrder({ order, onDone }: { order: OrderView; onDone: () => void }) {
  const refusal = useRefusal('backfill.control');
  const [open, setOpen] = useState(false);
  const effect =
    order.lastNight?.status === 'under way'
      ? 'It makes no campaign any more, and the one of tonight stops: no new customer begins, and each run under way ends after its unit, with all its labels.'
      : 'It makes no campaign any more. An order that has ended cannot begin again.';
  return (
    <>
      <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setOpen(true)}>
        End
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="End the standing order" description={effect}>
        <ReasonForm
          actions={[{ verb: 'End it', look: 'danger', act: (reason) => endOrder({ orderId: order.id, reason }) }]}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      </Dialog>
    </>
  );
}
