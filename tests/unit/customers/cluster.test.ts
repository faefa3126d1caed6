import { describe, expect, it } from 'vitest';
import { type ClusterHost, changeCluster, defaultDatabase, hostsOf } from '@/lib/customers/cluster';

const host = (cluster: string, more: Partial<ClusterHost> = {}): ClusterHost => ({
  cluster,
  isLocal: false,
  defaultDatabase: '',
  hasKeeper: true,
  ...more,
});
const labels = 'acme.conversation_with_labels_d';
const twoShards = [host('all-sharded', { isLocal: true }), host('all-sharded')];

describe('the cluster of a delete', () => {
  it('is that of the table’s own Distributed engine, with nothing configured', () => {
    expect(changeCluster({ labels, hosts: twoShards, configured: null })).toBe('all-sharded');
    expect(changeCluster({ labels, hosts: twoShards, configured: 'all-sharded' })).toBe('all-sharded');
  });

  it('is none where every host of it is this server, two shards of one node too', () => {
    const here = [host('slc', { isLocal: true, hasKeeper: false }), host('slc', { isLocal: true, hasKeeper: false })];
    expect(changeCluster({ labels, hosts: here, configured: null })).toBeNull();
    expect(changeCluster({ labels, hosts: null, configured: null })).toBeNull();
  });

  it('is refused where the configuration names another, or one for a table that is on none', () => {
    const other = { labels, hosts: twoShards, configured: 'prod-eu' };
    expect(() => changeCluster(other)).toThrow(
      'acme.conversation_with_labels_d reads from the cluster all-sharded, but CLICKHOUSE_CLUSTER is prod-eu.',
    );
    expect(() => changeCluster({ labels, hosts: null, configured: 'prod-eu' })).toThrow('is on no cluster');
  });

  it('is refused where ON CLUSTER is not possible and a delete would reach one server of several', () => {
    const hosts = twoShards.map((one) => ({ ...one, hasKeeper: false }));
    for (const configured of [null, 'all-sharded'])
      expect(() => changeCluster({ labels, hosts, configured })).toThrow(
        'The cluster all-sharded of acme.conversation_with_labels_d has 2 hosts, and this server has no session with Keeper, so ON CLUSTER is not possible.',
      );
  });

  it('is refused where the server does not show it', () => {
    expect(() => hostsOf(labels, 'gone', twoShards)).toThrow(
      'acme.conversation_with_labels_d reads from the cluster gone, which this server does not show in system.clusters.',
    );
  });
});

describe('the database of a Distributed table that names none', () => {
  it('is the default of its cluster', () => {
    expect(
      defaultDatabase(labels, [host('c', { defaultDatabase: 'acme' }), host('c', { defaultDatabase: 'acme' })]),
    ).toBe('acme');
  });

  it('is refused where the cluster has none, or several', () => {
    expect(() => defaultDatabase(labels, twoShards)).toThrow('the cluster all-sharded has no default_database');
    const two = [host('c', { defaultDatabase: 'shard_1' }), host('c', { defaultDatabase: 'shard_2' })];
    expect(() => defaultDatabase(labels, two)).toThrow('the hosts of the cluster c have different default databases');
  });
});
