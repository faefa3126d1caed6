import type { Config } from '@/lib/config';
import type { Db } from '@/lib/postgres/client';
import { isSameProvider } from './model';
import { hashSecret } from './secret';
import { type SessionRow, selectLiveSession, touchSession } from './sql/sessions';

const touchEverySeconds = 30;

/**
 * The open session of a cookie's secret. Null if it was never opened, was signed out, revoked or replaced, was idle too
 * long, is too old, or is of another provider than the configured one. `active` is something that a person did, such as
 * opening a page, and extends the session; the polling of a page does not.
 */
export async function readSession(
  { db, config }: { db: Db; config: Pick<Config, 'auth'> },
  secret: string | undefined,
  { active }: { active: boolean },
): Promise<SessionRow | null> {
  if (!secret || secret.length > 100) return null;
  const [session] = await db.query(selectLiveSession, { hash: hashSecret(secret) });
  if (!session || !isSameProvider(session.provider, config.auth.provider)) return null;
  const { idleSeconds } = config.auth.session;
  if (active)
    await db.query(touchSession, {
      id: session.id,
      idleSeconds,
      everySeconds: Math.min(touchEverySeconds, idleSeconds / 4),
    });
  return session;
}
