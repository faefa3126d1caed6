import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cluster that makes `*_d` tables real Distributed ones in one process. */
const clusterName = 'slc';

/** Nothing listens on this port: the engine only compares it with its own to see that the shard is local. */
const tcpPort = 9000;

/** Writes the engine's server configuration and returns the arguments that point to it. */
export function writeServerConfig(dataDir: string): string[] {
  const path = join(dataDir, 'engine.xml');
  const replica = `<replica><host>127.0.0.1</host><port>${tcpPort}</port></replica>`;
  writeFileSync(
    path,
    `<clickhouse>
  <tcp_port>${tcpPort}</tcp_port>
  <remote_servers><${clusterName}><shard>${replica}</shard></${clusterName}></remote_servers>
  <backups><allowed_path>${escapeXml(join(dataDir, 'backups'))}/</allowed_path></backups>
</clickhouse>
`,
  );
  return [`--config-file=${path}`];
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
