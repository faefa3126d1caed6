import type { Config } from '@/lib/config';
import type { Db } from '@/lib/postgres/client';
import { isSameProvider } from './model';
import { hashSecret } from './secret';
import { type SessionRow, selectLiveSession, touchSession } from './sql';

const touchEverySeconds = 30;

/**
 * The live session of a cookie's secret, or null: never opened, signed out, revoked, replaced, idle too long, too old,
 * or of another provider than the one that is configured now. `active` is what a person does (a page, an action), and puts the idle end off; a page's own polling does not.
 */
export async function readSession(
  { db, config }: { db: Db; config: Pick<Config, 'auth'> },
  secret: string | undefined,
  { active }: { active: boolean },
): Promise<SessionRow | null> {
  if (!secret || secret.length > 100) return null;
  const [session] = await db.query(selectLiveSession, [hashSecret(secret)]);
  if (!session || !isSameProvider(session.provider, config.auth.provider)) return null;
  const { idleSeconds } = config.auth.session;
  if (active) await db.query(touchSession, [session.id, idleSeconds, Math.min(touchEverySeconds, idleSeconds / 4)]);
  return session;
}
