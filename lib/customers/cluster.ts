import { AppError } from '@/lib/errors';
import { count } from '@/lib/words';

/** One host of a cluster, as `system.clusters` of the connected server lists it. */
export type ClusterHost = { cluster: string; isLocal: boolean; defaultDatabase: string; hasKeeper: boolean };

/** The hosts of the cluster that a Distributed table names. Throws AppError('refused') if the server knows none. */
export function hostsOf(table: string, cluster: string, hosts: readonly ClusterHost[]): ClusterHost[] {
  const own = hosts.filter((host) => host.cluster === cluster);
  if (own.length > 0) return own;
  throw new AppError(
    'refused',
    `${table} reads from the cluster ${cluster}, which this server does not show in system.clusters. Define it in remote_servers there, or connect to a server that has it.`,
  );
}

/** The default database of the cluster, for a Distributed table that names none. Throws AppError('refused'). */
export function defaultDatabase(table: string, hosts: readonly ClusterHost[]): string {
  const names = [...new Set(hosts.map((host) => host.defaultDatabase))];
  const [name] = names;
  if (name && names.length === 1) return name;
  const cluster = hosts[0]?.cluster ?? '';
  const why =
    names.length > 1
      ? `the hosts of the cluster ${cluster} have different default databases`
      : `the cluster ${cluster} has no default_database`;
  throw new AppError(
    'refused',
    `The Distributed engine of ${table} names no database, and ${why}, so its local table is not known. Name the database in the engine.`,
  );
}

/**
 * The cluster for ON CLUSTER in a change of the labels, taken from the Distributed engine that reads them; null if this
 * server holds all of them. Throws AppError('refused') if the configuration names another cluster, or if a change could
 * not reach every host, so that a delete would leave the day half deleted.
 */
export function changeCluster(of: {
  labels: string;
  hosts: readonly ClusterHost[] | null;
  configured: string | null;
}): string | null {
  const { labels, hosts, configured } = of;
  const cluster = hosts?.[0]?.cluster ?? null;
  if (configured !== null && configured !== cluster)
    throw new AppError(
      'refused',
      `${labels} ${cluster === null ? 'is on no cluster, since it is not a Distributed table' : `reads from the cluster ${cluster}`}, but CLICKHOUSE_CLUSTER is ${configured}. A delete there would not reach what is read. Leave CLICKHOUSE_CLUSTER unset; the console takes the cluster from the table.`,
    );
  const remote = hosts?.filter((host) => !host.isLocal) ?? [];
  if (!hosts || remote.length === 0) return null;
  if (!hosts.some((host) => host.hasKeeper))
    throw new AppError(
      'refused',
      `The cluster ${cluster} of ${labels} has ${count(hosts.length, 'host')}, and this server has no session with Keeper, so ON CLUSTER is not possible. A delete would reach only this server.`,
    );
  return cluster;
}
