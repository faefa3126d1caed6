import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { count, counted } from '@/components/ui/format';
import type { CustomerOverview } from '@/lib/detection/model';

const worst = (customer: CustomerOverview) => customer.totals.affected;

/** How many customers are affected, and who has most. */
export function CustomersVerdict({ customers }: { customers: CustomerOverview[] }) {
  const affected = customers.filter((customer) => worst(customer) > 0);
  const first = affected.toSorted((a, b) => worst(b) - worst(a))[0];
  const unscanned = customers.filter((customer) => customer.days.length === 0).length;
  if (customers.length === 0) return null;
  if (!first) {
    return unscanned > 0 ? (
      <Mark tone="unknown">
        {count(unscanned)} of {counted(customers.length, 'customer')} not scanned yet; none of the others is affected.
      </Mark>
    ) : (
      <Mark tone="verified">No customer is affected in the last 30 days with data.</Mark>
    );
  }
  return (
    <Mark tone="stale">
      <span className="whitespace-normal text-text">
        {count(affected.length)} of {counted(customers.length, 'customer')} affected. Most conversations:{' '}
        <Link
          href={routes.customer(first.customerId)}
          className="font-semibold underline decoration-dotted underline-offset-4"
        >
          {first.displayName}
        </Link>
        , {counted(worst(first), 'conversation')} on{' '}
        {counted(first.days.filter((day) => day.affected > 0).length, 'day')}.
      </span>
    </Mark>
  );
}
