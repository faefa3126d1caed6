import { z } from 'zod';
import { PlanHash } from '@/lib/approvals/model';
import { Reason } from '@/lib/audit/model';
import { CustomerId } from '@/lib/customers/model';
import type { UnfinishedMutation } from '@/lib/label-store/health-model';

/**
 * The states of a KILL of one mutation. `testing`: ClickHouse is asked with TEST, which stops nothing. `tested`: it
 * may be approved and started. `killing`: its Job runs. `killed`: no host lists the mutation any more. `failed`: the
 * reason is stored.
 */
export const killStates = ['testing', 'tested', 'killing', 'killed', 'failed'] as const;
export type KillState = (typeof killStates)[number];

/** The mutation on one host, as it was seen when the KILL was planned. */
type KillHost = { host: string; partsToDo: number };

/**
 * What a KILL stops. With several shards a mutation id is not unique, so the KILL also names the statement's text: a
 * mutation with the same id on another shard goes on. `hash` covers table, cluster, id, statement and hosts.
 */
export type KillPlan = {
  customerId: string;
  database: string;
  table: string;
  cluster: string | null;
  mutationId: string;
  command: string;
  failReason: string;
  hosts: KillHost[];
  hash: string;
};

/** The mutation that a person chose. The host is part of it, because an id is not unique across hosts. */
export const PlanKill = z.object({
  customerId: CustomerId,
  host: z.string().regex(/^[^\p{C}\s]{1,255}$/u, 'This is not the name of a host.'),
  mutationId: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'This is not the id of a mutation.'),
});
export type PlanKill = z.infer<typeof PlanKill>;

export const AskKill = z.object({
  killId: z.uuid(),
  planHash: PlanHash,
  reason: Reason,
});
export type AskKill = z.infer<typeof AskKill>;

export const StartKill = z.object({ killId: z.uuid(), planHash: PlanHash });
export type StartKill = z.infer<typeof StartKill>;

export type KillView = {
  id: string;
  state: KillState;
  plan: KillPlan;
  /** What was found, or what happens now. */
  sentence: string;
  testedAtMs: number | null;
  requestedBy: string;
  requestedAtMs: number;
  startedBy: string | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** What the Job printed. */
  log: string;
};

/** One unfinished mutation on one host, and whose labels its table holds. */
export type MutationRow = UnfinishedMutation & { customers: string[] };

export type MutationsView = {
  mutations: MutationRow[];
  /** How many label tables were looked at. */
  tables: number;
  /** Databases whose label tables could not be read. */
  unreadable: { customers: string[]; sentence: string }[];
  /** The newest KILLs. */
  kills: KillView[];
};
