import Link from 'next/link';
import { routes } from '@/components/routes';
import { duration, rangeName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Ago } from '@/components/ui/time';
import type { OrderPlan, OrderPreview, PreviewCustomer } from '@/lib/orders/model';
import { previewInWords } from '@/lib/orders/order-words-model';
import { formatNumber, longDay } from '@/lib/words';

/** What the order would have done last night: in a sentence, and customer by customer. */
export function OrderPreviewView({ preview }: { preview: OrderPreview }) {
  const { customers, night, fromDay, toDay, countedAtMs } = preview;
  const repairedFirst = customers.toSorted(
    (a, b) => Number(a.leftOut !== null) - Number(b.leftOut !== null) || b.rows - a.rows,
  );
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>
        {previewInWords(preview)}{' '}
        <span className="text-muted">
          In the night of {longDay(night)}, on the days {rangeName(fromDay, toDay)}, with the labels as they were{' '}
          <Ago ms={countedAtMs} />.
        </span>
      </p>
      {customers.length > 0 && (
        <Scroller className="max-h-[60vh] overflow-y-auto">
          <table className="w-full border-collapse">
            <caption className="sr-only">What the order would have done last night</caption>
            <TableHead first="Customer" columns={['Label rows deleted', 'Conversations', 'Days', 'Time']} />
            <tbody>
              {repairedFirst.map((one) => (
                <Row key={one.customerId} customer={one} />
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </div>
  );
}

/** One customer. What would have been left out has no numbers of the night. */
function Row({ customer }: { customer: PreviewCustomer }) {
  const { customerId, displayName, leftOut, days, rows, conversations, seconds } = customer;
  const numbers =
    leftOut === null
      ? [formatNumber(rows), formatNumber(conversations), formatNumber(days), duration(seconds * 1_000)]
      : null;
  return (
    <tr className="border-line border-b align-top last:border-b-0">
      <th scope="row" colSpan={numbers ? 1 : 5} className="min-w-32 px-3 py-2 text-left font-medium">
        <Link href={routes.customer(customerId)} prefetch={false} className="hover:underline">
          {displayName}
        </Link>
        <span className="block font-normal text-muted text-xs">{customerId}</span>
        {leftOut !== null && (
          <span className="mt-1 block max-w-prose font-normal text-muted [overflow-wrap:anywhere] max-sm:max-w-72">
            Left out: {leftOut}
          </span>
        )}
      </th>
      {numbers?.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the numbers are columns
        <td key={at} className="whitespace-nowrap px-3 py-2 text-right">
          {text}
        </td>
      ))}
    </tr>
  );
}

/** The order as its author saw it, for the person who decides. */
export function OrderPlanView({ plan, orderId }: { plan: OrderPlan; orderId: string }) {
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Stops itself</dt>
        <dd>{stopsWhen(plan.terms.failureBudget)}</dd>
        {plan.replaces && (
          <>
            <dt className="text-muted">Replaces</dt>
            <dd>
              <Link href={routes.order(plan.replaces)} className="underline">
                the order {plan.replaces.slice(0, 8)}, which then ends
              </Link>
            </dd>
          </>
        )}
        <dt className="text-muted">Order</dt>
        <dd>
          <Link href={routes.order(orderId)} className="underline">
            Open the order
          </Link>
        </dd>
      </dl>
      <OrderPreviewView preview={plan.preview} />
    </div>
  );
}

export const stopsWhen = (failureBudget: number): string =>
  failureBudget === 0
    ? 'when one customer of a night is not repaired as planned'
    : `when more than ${formatNumber(failureBudget)} customers of a night are set aside, or one is not verified`;
