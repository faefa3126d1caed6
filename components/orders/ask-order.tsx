import Link from 'next/link';
import { approvalTones } from '@/components/approvals/states';
import { SecondPersonHint } from '@/components/auth/second-person-hint';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { FailedLine } from '@/components/ui/states';
import { approvalSentence } from '@/lib/approvals/state-model';
import { askOrder } from '@/lib/orders/actions';
import type { OrderView } from '@/lib/orders/model';

/** The approval that a proposed order needs: its state, and the button by which the author asks for it. */
export function AskOrder({ order, onDone }: { order: OrderView; onDone: () => void }) {
  const { change, pending, failure } = useChange();
  const { approval, planHash, canAsk } = order;
  return (
    <section
      aria-label="Approval"
      className="flex flex-col items-start gap-3 rounded-lg border border-line-strong bg-surface p-3.5 text-sm"
    >
      <p className="font-medium">
        A standing order always needs a second person: it repairs without asking again until its end.
      </p>
      {approval && (
        <div className="flex flex-col items-start gap-1">
          <Badge tone={approvalTones[approval.state]}>{approval.state}</Badge>
          <p>{approvalSentence(approval)}</p>
          {approval.state === 'waiting' && <SecondPersonHint />}
          <Link href={routes.approvals({ open: approval.id })} className="underline">
            Open the request
          </Link>
        </div>
      )}
      {failure && <FailedLine failure={failure} />}
      {canAsk && planHash && (
        <Button
          look="primary"
          size="tall"
          disabled={pending}
          onClick={() => change(() => askOrder({ orderId: order.id, planHash }), onDone)}
        >
          {pending ? 'Asking …' : 'Ask for approval of exactly this order'}
        </Button>
      )}
      {!canAsk && !approval && <p className="text-muted">{order.createdBy} proposed it, and asks for its approval.</p>}
    </section>
  );
}
