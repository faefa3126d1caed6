import { Select } from '@/components/ui/field';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';

export function CustomerChoice({
  value,
  customers,
  onChange,
}: {
  value: string;
  customers: CustomerSummary[];
  onChange: (customerId: string) => void;
}) {
  const known = customers.some((customer) => customer.customerId === value);
  return (
    <Select aria-label="Customer" value={value} onChange={(event) => onChange(event.target.value)}>
      {!known && <option value={value}>{value || 'Choose a customer'}</option>}
      {customers.map((customer) => (
        <option key={customer.customerId} value={customer.customerId}>
          {customer.displayName}
        </option>
      ))}
    </Select>
  );
}
