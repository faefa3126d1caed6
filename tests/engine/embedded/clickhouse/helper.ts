import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { type ClickHouseUserName, type RunningClickHouse, startClickHouse } from '@/lib/embedded/clickhouse/start';
import { createLog } from '@/lib/log';

export const passwords: Record<ClickHouseUserName, string> = {
  slc_reader: 'reader-pw',
  slc_labeler: 'labeler-pw',
  slc_deleter: 'deleter-pw',
  admin: "admin-pw'\\",
};

export type Answer = { status: number; headers: Headers; text: string };
export type Ask = { user?: ClickHouseUserName; query?: Record<string, string>; init?: RequestInit };

/** An embedded ClickHouse of this test file's own, in a temporary folder. */
export async function ownClickHouse() {
  const dataDir = mkdtempSync(join(tmpdir(), 'slc-clickhouse-'));
  const log = createLog('clickhouse-test', 'silent');
  const start = () => startClickHouse({ dataDir, users: passwords, log });
  let running: RunningClickHouse = await start();
  const clients: ClickHouseClient[] = [];

  return {
    dataDir,
    url: () => running.url,
    pid: () => running.pid,
    client(user: ClickHouseUserName = 'admin', options: ClickHouseClientConfigOptions = {}): ClickHouseClient {
      const client = createClient({ url: running.url, username: user, password: passwords[user], ...options });
      clients.push(client);
      return client;
    },
    /** One request with the statement as body; `query` is the URL's. */
    async ask(body: BodyInit, { user = 'admin', query = {}, init = {} }: Ask = {}): Promise<Answer> {
      const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': passwords[user], ...init.headers };
      const url = `${running.url}/?${new URLSearchParams(query)}`;
      const response = await fetch(url, { method: 'POST', body, ...init, headers, duplex: 'half' } as RequestInit);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    /** What curl prints as admin; rejects with `code` and `stdout` when it fails. */
    async curl(...args: string[]): Promise<string> {
      const user = ['-u', `admin:${passwords.admin}`];
      const { stdout } = await promisify(execFile)('curl', ['-sS', ...user, ...args], { maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    },
    async startAgain() {
      running = await start();
    },
    stop: () => running.stop(),
    async remove() {
      await Promise.all(clients.map((client) => client.close()));
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
export type OwnClickHouse = Awaited<ReturnType<typeof ownClickHouse>>;
