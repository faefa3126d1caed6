import { z } from 'zod';
import type { Log } from '@/lib/log';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { closeDatabases, giveQueueToApp, openChatsToReader, writeDatabase, writeRole } from './sql';

/** Passwords of the roles an embedded Postgres has. `admin` is its superuser. */
export const Passwords = z.object({
  admin: z.string(),
  console: z.string(),
  /** Empty in a data folder that an older release made. */
  slc_app: z.string().default(''),
  chats_owner: z.string(),
  chats_reader: z.string(),
});
export type Passwords = z.infer<typeof Passwords>;

/**
 * Makes the console's database, which its owner migrates and the console's role uses, and a separate database for
 * `chats`, which the console may only read. It may run again.
 */
export async function prepareDatabases(urlOf: (database: string) => string, passwords: Passwords, log: Log) {
  await within(urlOf('postgres'), log, async (db) => {
    for (const name of ['console', 'slc_app', 'chats_owner', 'chats_reader'] as const) {
      for (const { ddl } of await db.query(writeRole, { name, password: passwords[name] })) await runDdl(db, ddl);
    }
    for (const [name, owner] of [
      ['console', 'console'],
      ['chats', 'chats_owner'],
    ] as const) {
      for (const { ddl } of await db.query(writeDatabase, { name, owner })) await runDdl(db, ddl);
    }
    await runDdl(db, closeDatabases.text);
  });
  await within(urlOf('console'), log, (db) => runDdl(db, giveQueueToApp.text));
  await within(urlOf('chats'), log, (db) => runDdl(db, openChatsToReader.text));
}

/** The simple protocol, because a text may hold several statements. */
async function runDdl(db: Postgres, text: string): Promise<void> {
  await db.pool.query(text);
}

async function within(url: string, log: Log, work: (db: Postgres) => Promise<void>): Promise<void> {
  const db = connectPostgres({ url, log, application: 'slc-supervisor', connectionsMax: 1 });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}
