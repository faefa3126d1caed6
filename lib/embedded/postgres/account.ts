import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The account of the engine. Empty if this process is not root: then the engine runs as this process does. */
export type Account = { uid?: number; gid?: number };

/**
 * Postgres refuses to run as root: then the owner of existing data, the account `postgres`, or `nobody`, which every
 * system has. No account is ever made.
 */
export function engineAccount(existingData: string | null): Account {
  if (process.getuid?.() !== 0) return {};
  if (existingData) {
    const { uid, gid } = statSync(existingData);
    if (uid !== 0) return { uid, gid };
  }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(found[2] ?? 65534), gid: Number(found[3] ?? 65534) };
}

/** Whether `account` can get to what is in `folder`: it, and every folder above it, lets others pass. */
export function isReachable(folder: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  for (let at = folder; ; at = dirname(at)) {
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat && stat.uid !== account.uid && (stat.mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
