import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';

/** Asks of which conversation the deleted label rows are looked up. */
export function RowHistoryForm({ customer, conversation }: { customer: string; conversation: string }) {
  return (
    <form action={routes.rowHistory({})} className="flex flex-wrap items-end gap-3">
      <Field htmlFor="row-customer" label="Customer" className="min-w-0 max-sm:w-full">
        <Input
          id="row-customer"
          name="customer"
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="alaska-air"
          defaultValue={customer}
          className="sm:w-72"
        />
      </Field>
      <Field htmlFor="row-conversation" label="Conversation" className="min-w-0 max-sm:w-full">
        <Input
          id="row-conversation"
          name="conversation"
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="its id"
          defaultValue={conversation}
          className="sm:w-72"
        />
      </Field>
      <Button type="submit">Look it up</Button>
    </form>
  );
}
