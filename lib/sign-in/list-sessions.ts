import type { Actor, SessionView } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import { selectLiveSessions } from '@/lib/auth/sql/sessions';
import type { Db } from '@/lib/postgres/client';

/** The open sessions of the person; everybody's if they may manage sessions. */
export async function listSessions({ db }: { db: Db }, _input: object, actor: Actor): Promise<SessionView[]> {
  const own = actor.sessionId ?? null;
  const rows = await db.query(selectLiveSessions, {
    everybodys: may(actor.role, 'sessions.manage'),
    ownSessionId: own,
  });
  return rows.map(({ subject: _subject, ...row }) => ({ ...row, current: row.id === own }));
}
