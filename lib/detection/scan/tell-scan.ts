import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { countFailures } from './sql/scans';

/** Scans of a customer that fail one after the other before people hear of it. */
export const failuresBefore = 3;

const caseKeyOf = (customerId: string) => `scan failing ${customerId}`;

/** Tells people once the last scans of a customer all failed, in the transaction that ends one of them. */
export async function tellFailedScan(tx: Transaction, customerId: string, failure: string): Promise<void> {
  const [failed = 0] = await tx.query(countFailures, { customerId });
  if (failed >= failuresBefore) await tellFailing(tx, customerId, failure);
}

/** Tells people that a customer cannot be looked at, with the last reason. */
export const tellFailing = (tx: Transaction, customerId: string, failure: string): Promise<void> =>
  announce(tx, {
    event: 'scan failing',
    caseKey: caseKeyOf(customerId),
    customerId,
    title: `Scans of ${customerId} fail, so it is not known whether its labels are right.`,
    lines: [failure, 'Several failed one after the other. What is shown is from before.'],
    path: `/customers/${encodeURIComponent(customerId)}`,
  });

/** Says that a customer can be scanned again; does nothing where that was not in doubt. */
export const tellScanned = (tx: Transaction, customerId: string): Promise<void> =>
  resolveCase(tx, caseKeyOf(customerId), `${customerId} is scanned again.`);
