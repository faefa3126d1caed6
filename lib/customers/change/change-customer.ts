import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { refuseSharedAlias, requireTables } from '../add-customer';
import { insertProfiles, lockRegistry, selectCustomers } from '../sql/registry';
import { countedChanges, type StoredCustomer, whyNotNow } from '../state-model';
import { timeZoneOf, unknownZone } from '../time-zone';
import { EditCustomer, SetCustomerState } from './model';
import {
  closeCases,
  deleteProfiles,
  forgetCounts,
  keepCounts,
  lockForChange,
  selectUse,
  updateCustomer,
  updateState,
} from './sql';

type Registry = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;

const facts = ({ displayName, database, timeZone, profiles, aliases }: StoredCustomer) => ({
  displayName,
  database,
  timeZone,
  profiles,
  aliases,
});
type Facts = ReturnType<typeof facts>;

/** The fields that differ, before and after. */
function differences(before: Facts, after: Facts): { before: Partial<Facts>; after: Partial<Facts> } {
  const keys = (Object.keys(before) as (keyof Facts)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const only = (of: Facts) => Object.fromEntries(keys.map((key) => [key, of[key]]));
  return { before: only(before), after: only(after) };
}

/** The customer as the registry has it now, held until the transaction ends. Throws where it is not the version seen. */
async function lockSeen(tx: Transaction, { customerId, version }: { customerId: string; version: number }) {
  await tx.query(lockRegistry);
  await tx.query(lockForChange, { customerId });
  const all = await tx.query(selectCustomers, { id: null });
  const customer = all.find(({ id }) => id === customerId);
  if (!customer) throw new AppError('not_found', `There is no customer "${customerId}" in the registry.`);
  if (customer.version !== version)
    throw new AppError(
      'conflict',
      `${customer.changedBy ?? 'Somebody'} changed ${customerId} since you opened it. Nothing of yours was saved: look at the newest values, and enter yours again.`,
    );
  return { customer, others: all.filter(({ id }) => id !== customerId) };
}

/**
 * Changes what the registry says of a customer. Where the time zone, the database or the profiles change, everything that
 * was counted so far is set aside in the same transaction, and the schedule counts all days again. The audit has before
 * and after. Does nothing where nothing differs. Throws AppError('conflict') where somebody else changed it since, or an
 * alias means another customer, 'refused' where a run, a plan, an approval, a campaign or a scan of it is under way and
 * the change would give it other days, and 'invalid_input' with the fields at fault.
 */
export async function editCustomer(ctx: Registry, input: EditCustomer, actor: Actor): Promise<{ changed: string[] }> {
  const { customerId, version, ...wanted } = EditCustomer.parse(input);
  const timeZone = await timeZoneOf(ctx, wanted.timeZone);
  if (timeZone === null) {
    const sentence = unknownZone(wanted.timeZone);
    throw new AppError('invalid_input', sentence, { fields: { timeZone: sentence } });
  }
  const profiles = [...new Set(wanted.profiles)].sort();
  await requireTables(ctx, { id: customerId, ...wanted, timeZone, profiles });
  return ctx.db.transaction(async (tx) => {
    const { customer, others } = await lockSeen(tx, { customerId, version });
    const after = { ...customer, ...wanted, timeZone, profiles };
    const differs = differences(facts(customer), facts(after));
    const changed = Object.keys(differs.after);
    if (changed.length === 0) return { changed };
    refuseSharedAlias(after, others);
    const now = new Date(ctx.clock.now());
    const counted = countedChanges(customer, after);
    if (counted.length > 0) {
      const [use] = await tx.query(selectUse, { customerId });
      const why = use ? whyNotNow(use, 'recount') : null;
      if (why !== null) throw new AppError('refused', why);
      await tx.query(keepCounts, { customerId, now, by: actor.name });
      for (const forget of forgetCounts) await tx.query(forget, { customerId });
      await tx.query(closeCases, {
        customerId,
        now,
        resolution: 'its customer was changed, so its days are counted again',
      });
    }
    await tx.query(updateCustomer, { customerId, ...facts(after), now, by: actor.name });
    if (counted.includes('profiles')) {
      await tx.query(deleteProfiles, { customerId });
      await tx.query(insertProfiles, { id: customerId, profiles });
    }
    await recordAudit(tx, actor, {
      action: 'customer.edit',
      customerId,
      subject: after.displayName,
      detail: { ...differs, ...(counted.length > 0 && { countedAgain: true }) },
    });
    return { changed };
  });
}

const verbs = { active: 'customer.resume', paused: 'customer.pause', retired: 'customer.retire' } as const;

/**
 * Pauses, resumes or retires a customer. Does nothing where it is so already. Throws AppError('conflict') like
 * `editCustomer`, and 'refused' to retire one with a run or campaign that is not over.
 */
export async function setCustomerState(
  ctx: Registry,
  input: SetCustomerState,
  actor: Actor,
): Promise<{ state: string }> {
  const { customerId, version, state, reason } = SetCustomerState.parse(input);
  return ctx.db.transaction(async (tx) => {
    const { customer } = await lockSeen(tx, { customerId, version });
    if (customer.state === state) return { state };
    const now = new Date(ctx.clock.now());
    if (state === 'retired') {
      const [use] = await tx.query(selectUse, { customerId });
      const why = use ? whyNotNow(use, 'retire') : null;
      if (why !== null) throw new AppError('refused', why);
      await tx.query(closeCases, { customerId, now, resolution: 'its customer was retired' });
    }
    await tx.query(updateState, { customerId, state, reason, now, by: actor.name });
    await recordAudit(tx, actor, {
      action: verbs[state],
      customerId,
      subject: customer.displayName,
      reason,
      detail: { before: { state: customer.state }, after: { state } },
    });
    return { state };
  });
}
