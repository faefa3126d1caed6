'use client';

import { reads } from '@/components/routes';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Skeleton } from '@/components/ui/states';
import { Instant } from '@/components/ui/time';
import type { CustomerChange } from '@/lib/customers/state-model';
import { count } from '@/lib/words';
import { EditForm } from './edit-form';
import { StateForm } from './state-form';

/** What can be changed of a customer, with what each change means, and what was set aside by earlier ones. */
export function ChangeCustomer({ customerId, onDone }: { customerId: string; onDone: () => void }) {
  const live = useLive<CustomerChange>({ url: reads.customerChange(customerId), staleMs: 0, everyMs: 2_000 });
  // Opened again at once, it would hold what was read before the change.
  const done = () => {
    live.refresh();
    onDone();
  };
  return (
    <LiveScreen live={live} what="The customer could not be read" skeleton={<Skeleton className="h-96" />} part>
      {({ customer, use, setAside }) => (
        <div className="flex flex-col gap-6">
          <Section title="Edit">
            <EditForm key={customer.version} customer={customer} use={use} onDone={done} reload={live.refresh} />
          </Section>
          <StateForm customer={customer} use={use} onDone={done} />
          {setAside.length > 0 && (
            <Section title="Set aside">
              <ul className="flex flex-col gap-1 text-muted text-sm">
                {setAside.map((one) => (
                  <li key={one.id}>
                    {count(one.days, 'day')} and {count(one.findings, 'finding')} of {one.database}, counted in{' '}
                    {one.timeZone}, until <Instant ms={one.retiredAtMs} /> ({one.retiredBy})
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
      )}
    </LiveScreen>
  );
}
