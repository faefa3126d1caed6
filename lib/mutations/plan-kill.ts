import { createHash, randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import type { KillOrder } from '@/lib/label-store/model';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { storedJson } from '@/lib/text';
import { type KillPlan, PlanKill } from './kill-model';
import { killQueue, sendKill } from './kill-queue';
import { insertKill } from './sql/kills';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Plans the KILL of one unfinished mutation. The worker then asks ClickHouse with TEST, as the user who would kill it;
 * nothing is stopped. Throws AppError('not_found') for a mutation that is not listed any more.
 */
export async function planKill(ctx: Context, input: PlanKill, actor: Actor): Promise<{ killId: string }> {
  const wanted = PlanKill.parse(input);
  const customer = await getCustomer(ctx, wanted.customerId);
  const tables = await readTables(ctx, customer);
  const plan = await killPlan(ctx, tables, wanted);
  const order = killOrder(plan, tables);
  const killId = randomUUID();
  const boss = await killQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    await tx.query(insertKill, {
      id: killId,
      customerId: customer.id,
      plan: storedJson(plan),
      planHash: plan.hash,
      order: JSON.stringify(order),
      requestedBy: actor.name,
    });
    await recordAudit(tx, actor, auditOf('mutation.kill-test', killId, plan));
    await sendKill(boss, tx, killId);
  });
  return { killId };
}

/** The plan as of now. It names each host that lists the mutation: same table, same id, same statement. */
export async function killPlan(ctx: Context, tables: CustomerTables, wanted: PlanKill): Promise<KillPlan> {
  const unfinished = await unfinishedMutations(ctx, { tables });
  const found = unfinished.find((one) => one.host === wanted.host && one.mutationId === wanted.mutationId);
  if (!found)
    throw new AppError(
      'not_found',
      `${wanted.host} lists no unfinished mutation ${wanted.mutationId} on the labels of ${wanted.customerId} any more.`,
    );
  const same = unfinished.filter((one) => one.mutationId === found.mutationId && one.command === found.command);
  const hosts = same.map(({ host, partsToDo }) => ({ host, partsToDo })).sort((a, b) => (a.host < b.host ? -1 : 1));
  const plan = {
    customerId: wanted.customerId,
    database: found.database,
    table: found.table,
    cluster: tables.cluster,
    mutationId: found.mutationId,
    command: found.command,
    failReason: found.failReason,
    hosts,
  };
  return { ...plan, hash: killHash(plan) };
}

/** sha256 over what a KILL names: table, cluster, mutation, statement and hosts. */
export const killHash = (plan: Omit<KillPlan, 'hash'>): string =>
  sha256(
    JSON.stringify([
      'kill 1',
      plan.database,
      plan.table,
      plan.cluster,
      plan.mutationId,
      plan.command,
      plan.hosts.map(({ host }) => host),
    ]),
  );

/** The order of a KILL's Job. */
export const killOrder = (
  plan: Pick<KillPlan, 'mutationId' | 'command'>,
  { labels, cluster }: CustomerTables,
): KillOrder => ({
  labels: labels.distributed,
  labelsLocal: labels.local,
  cluster,
  mutationId: plan.mutationId,
  commandSha256: sha256(plan.command),
  test: false,
});

/** The audit's entry about a KILL. */
export function auditOf(action: string, killId: string, plan: KillPlan, detail: Record<string, unknown> = {}) {
  const { customerId, database, table, mutationId, command, hash } = plan;
  return {
    action,
    customerId,
    subject: killId,
    detail: {
      table: `${database}.${table}`,
      mutationId,
      command: command.slice(0, 2_000),
      hosts: plan.hosts.map(({ host }) => host),
      planHash: hash,
      ...detail,
    },
  };
}
