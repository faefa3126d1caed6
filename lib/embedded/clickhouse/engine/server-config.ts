import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cluster that makes `*_d` tables real Distributed ones in one process. */
const clusterName = 'slc';

/** Nothing listens on this port: the engine only compares it with its own to see that the shard is local. */
const tcpPort = 9000;

/**
 * Settings that the library changes for interactive use (chdb's EmbeddedServer.cpp, `applySettingsOverridesForLocal`,
 * and the default of `mutations_sync`), set back to the defaults of a server.
 */
const settings = {
  allow_introspection_functions: 0,
  implicit_select: 0,
  mutations_sync: 0,
  output_format_arrow_use_native_writer: 1,
  storage_file_read_method: 'pread',
};

/** Settings that name a file or an address, or hold SQL that the interface does not check. */
const fixedSettings = `additional_result_filter additional_table_filters dialect format_avro_schema_registry_url
  format_schema format_template_resultset format_template_row input_format_record_errors_file_path output_format_schema
  rename_files_after_processing`.split(/\s+/);

const trees = 'Aggregating Coalescing Collapsing Graphite Replacing Summing VersionedCollapsing'.split(' ');
const mergeTrees = ['', ...trees].flatMap((kind) => [`${kind}MergeTree`, `Replicated${kind}MergeTree`]);
const otherEngines = `Alias Buffer Dictionary Distributed FuzzJSON FuzzQuery GenerateRandom Join KeeperMap Log Loop
  MaterializedView Memory Merge Null Set StripeLog TimeSeries TinyLog View WindowView`.split(/\s+/);

/**
 * Privileges of the engine's only user: what stays inside the data folder, without dictionaries, named collections and
 * sources. READ ON FILE is for the pipes of the front, READ ON REMOTE for `cluster`. The front refuses other uses of
 * them.
 */
const grants = [
  `GRANT CHECK, SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE,
  CREATE ARBITRARY TEMPORARY TABLE, CREATE FUNCTION, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, BACKUP, KILL QUERY,
  KILL TRANSACTION, SET DEFINER, SYSTEM, dictGet, displaySecretsInShowAndSelect, INTROSPECTION, CLUSTER ON *.*`,
  'GRANT READ ON FILE',
  'GRANT READ ON REMOTE',
  ...[...mergeTrees, ...otherEngines].map((name) => `GRANT TABLE ENGINE ON ${name}`),
];

/** Writes the engine's server configuration and returns the arguments that point to it. */
export function writeServerConfig(dataDir: string): string[] {
  const path = join(dataDir, 'engine.xml');
  const usersPath = join(dataDir, 'engine-users.xml');
  const replica = `<replica><host>127.0.0.1</host><port>${tcpPort}</port></replica>`;
  writeFileSync(
    path,
    `<clickhouse>
  <tcp_port>${tcpPort}</tcp_port>
  <users_config>${escapeXml(usersPath)}</users_config>
  <remote_servers><${clusterName}><shard>${replica}</shard></${clusterName}></remote_servers>
  <backups><allowed_path>${escapeXml(join(dataDir, 'backups'))}/</allowed_path></backups>
</clickhouse>
`,
  );
  const constraints = fixedSettings.map((name) => `<${name}><const/></${name}>`).join('');
  writeFileSync(
    usersPath,
    `<clickhouse>
  <profiles><default><constraints>${constraints}</constraints></default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>${grants.map((grant) => `<query>${grant}</query>`).join('\n      ')}</grants>
  </default></users>
</clickhouse>
`,
  );
  return [`--config-file=${path}`, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)];
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
