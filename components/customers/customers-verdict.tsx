import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { useNow } from '@/components/ui/time';
import { affectedDaysOf, type CustomerSummary } from '@/lib/detection/view/summary-model';
import { agree, count, formatNumber } from '@/lib/words';
import { customerState } from './customer-state';

const worst = (customer: CustomerSummary) => customer.affected;

/** How many customers are affected, and which has most affected conversations. */
export function CustomersVerdict({ customers }: { customers: CustomerSummary[] }) {
  const now = useNow();
  const affected = customers.filter((customer) => worst(customer) > 0);
  const first = affected.toSorted((a, b) => worst(b) - worst(a))[0];
  if (customers.length === 0) return null;
  if (!first) {
    const clear = customers.filter((customer) => customerState(customer, now).state === 'clear').length;
    return clear < customers.length ? (
      <Mark tone="unknown">
        No customer is affected on the days that were counted, but {formatNumber(customers.length - clear)} of{' '}
        {count(customers.length, 'customer')} {agree(customers.length - clear, 'is', 'are')} not fully counted.
      </Mark>
    ) : (
      <Mark tone="verified">
        No customer is affected. The 30 days up to each customer’s newest data were all counted.
      </Mark>
    );
  }
  return (
    <Mark tone="stale">
      <span className="text-text">
        {formatNumber(affected.length)} of {count(customers.length, 'customer')} affected. Most:{' '}
        <Link
          href={routes.customer(first.customerId)}
          className="font-semibold underline decoration-dotted underline-offset-4"
        >
          {first.displayName}
        </Link>
        , with {count(worst(first), 'affected conversation')} on {count(affectedDaysOf(first), 'day')}.
      </span>
    </Mark>
  );
}
