import type { Actor, SessionView } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import { selectLiveSessions } from '@/lib/auth/sql';
import type { Db } from '@/lib/postgres/client';

/** The live sessions of whoever asks; everybody's for who may manage them. */
export async function listSessions({ db }: { db: Db }, _input: object, actor: Actor): Promise<SessionView[]> {
  const own = actor.sessionId ?? null;
  const rows = await db.query(selectLiveSessions, [may(actor.role, 'sessions.manage'), own]);
  return rows.map(({ subject: _subject, ...row }) => ({ ...row, current: row.id === own }));
}
