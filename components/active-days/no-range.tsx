import Link from 'next/link';
import { routes } from '@/components/routes';
import { Empty } from '@/components/ui/states';

/** There is no range to show: the customer has no days with data, or is not registered. */
export function NoRange({ customer = '', known }: { customer?: string; known: boolean }) {
  return (
    <Empty title={known ? `${customer} has no day with data yet` : `No customer is registered as ${customer}`}>
      <Link href={known ? routes.customer(customer) : routes.customers()} className="underline">
        {known ? 'Open the customer' : 'All customers'}
      </Link>
    </Empty>
  );
}
