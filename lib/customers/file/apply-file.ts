import type { Actor } from '@/lib/auth/model';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { addCustomer } from '../add-customer';
import { editCustomer, setCustomerState } from '../change/change-customer';
import { getCustomer } from '../get-customer';
import type { FileChange } from './plan-file';

type Registry = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;

/**
 * Makes the changes one after the other, each in its own transaction with its own line in the audit, as if a person made
 * it. Returns for each why it was not made, or null. What was made stays; applying the file again does the rest.
 */
export async function applyFile(
  ctx: Registry,
  changes: readonly FileChange[],
  { actor, reason }: { actor: Actor; reason: string },
): Promise<(string | null)[]> {
  const outcomes: (string | null)[] = [];
  for (const change of changes)
    outcomes.push(
      await make(ctx, change, { actor, reason }).then(
        () => null,
        (error) => sentenceOf(error),
      ),
    );
  return outcomes;
}

async function make(ctx: Registry, change: FileChange, by: { actor: Actor; reason: string }): Promise<void> {
  if (change.kind === 'add') {
    const { state, ...customer } = change.customer;
    await addCustomer(ctx, customer, by.actor);
  } else if (change.kind === 'change') {
    const { id, state, ...values } = change.customer;
    // The version of the preview: what somebody changed since then is not overwritten.
    await editCustomer(ctx, { ...values, customerId: id, version: change.before.version }, by.actor);
  } else {
    const { version } = await getCustomer(ctx, change.id);
    await setCustomerState(ctx, { customerId: change.id, version, state: change.state, reason: by.reason }, by.actor);
  }
}
