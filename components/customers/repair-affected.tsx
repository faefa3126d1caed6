import { Zap } from 'lucide-react';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';
import { count } from '@/lib/words';
import { flagsOfFilter } from './flag-filter';

/** An address holds no more names than these. */
const namesMost = 50;

/** Leads to a new campaign for the affected customers of the list, as it is filtered. */
export function RepairAffected({
  customers,
  flag,
  searched,
}: {
  customers: CustomerSummary[];
  flag: string;
  searched: boolean;
}) {
  const refusal = useRefusal('backfill.plan');
  const affected = customers
    .filter(({ affected: conversations }) => conversations > 0)
    .map(({ customerId }) => customerId);
  const flags = flagsOfFilter(flag);
  if (refusal !== null || affected.length === 0 || (searched && affected.length > namesMost)) return null;
  const filter = searched
    ? ({ by: 'name', customers: affected } as const)
    : flags.length > 0
      ? ({ by: 'flag', flags } as const)
      : {};
  return (
    <ButtonLink look="primary" href={routes.newCampaign(filter)}>
      <Zap aria-hidden className="size-3.5" />
      {searched || flags.length > 0 ? `Repair ${count(affected.length, 'customer')}` : 'Repair all affected'}
    </ButtonLink>
  );
}
