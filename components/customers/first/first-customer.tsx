'use client';

import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { Section } from '@/components/ui/heading';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';
import { AddForm } from '../add-customer';
import { CheckCustomer } from '../check-customer';

/** The way from an empty registry to the first counted customer: discover and add it, check its tables, scan it. */
export function FirstCustomer({ customer, onAdded }: { customer: CustomerSummary | undefined; onAdded: () => void }) {
  const refusal = useRefusal('customers.manage');
  return (
    <ol className="flex flex-col gap-4">
      <Step number={1} title="Add the first customer" done={customer !== undefined} now={customer === undefined}>
        {customer ? (
          <p>
            {customer.displayName} is registered as <span className="font-mono text-xs">{customer.customerId}</span>.
          </p>
        ) : (
          <>
            <p className="text-muted">
              Choose one that was found in a database with both tables, look at its time zone, and add it. Nothing is
              written to ClickHouse.
            </p>
            {refusal === null ? <AddForm onAdded={onAdded} /> : <p>{refusal}</p>}
          </>
        )}
      </Step>
      <Step number={2} title="Check its tables" done={false} now={customer !== undefined}>
        {customer ? (
          <div className="flex flex-wrap items-center gap-3">
            <p className="text-muted">Compares columns, keys, profiles and clusters with what the console needs.</p>
            <CheckCustomer customerId={customer.customerId} />
          </div>
        ) : (
          <p className="text-muted">Columns, keys, profiles and clusters, as ClickHouse has them.</p>
        )}
      </Step>
      <Step number={3} title="Scan it" done={false} now={customer !== undefined}>
        {customer ? (
          <p className="text-muted">
            {customer.scan === 'failed' ? (
              <>
                The first scan failed.{' '}
                <Link href={routes.health()} className="underline">
                  Health
                </Link>{' '}
                says why.
              </>
            ) : customer.scan === null ? (
              'The schedule begins its first scan in a moment. A worker has to run.'
            ) : (
              `Its first scan is ${customer.scan}. The result is shown here when it ends.`
            )}{' '}
            <Link href={routes.customer(customer.customerId)} className="underline">
              Open {customer.displayName}
            </Link>
          </p>
        ) : (
          <p className="text-muted">The worker counts its days, and the page shows which are affected.</p>
        )}
      </Step>
    </ol>
  );
}

function Step({
  number,
  title,
  done,
  now,
  children,
}: {
  number: number;
  title: string;
  done: boolean;
  now: boolean;
  children: React.ReactNode;
}) {
  return (
    <li aria-current={now ? 'step' : undefined} className="rounded-lg border border-line bg-surface px-5 py-4 text-sm">
      <Section title={`${number}. ${title}`} aside={done ? <Badge tone="verified">done</Badge> : undefined}>
        {children}
      </Section>
    </li>
  );
}
