import type { Context } from '@/lib/context';
import { announce } from '@/lib/notifications/announce';
import { storedJson } from '@/lib/text';
import { isOpen } from './history/model';
import { insertFindingEvents } from './history/sql/findings';
import { lockHistory } from './history/sql/looks';
import { caseOf } from './history/words-model';
import { clearEndedMute, lockFinding, selectEndedMutes } from './sql/change';

const mutesMost = 200;

/** Ends the mutes that are over. People hear of a day that is still wrong. */
export async function endMutes({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<void> {
  const now = new Date(clock.now());
  for (const findingId of await db.query(selectEndedMutes, { now, rowsMax: mutesMost }))
    await db.transaction(async (tx) => {
      await tx.query(lockHistory);
      const ended = await tx.query(clearEndedMute, { findingId, now });
      const [finding] = await tx.query(lockFinding, { findingId, now });
      if (ended.length === 0 || !finding) return;
      const event = { finding_id: findingId, at: now.toISOString(), kind: 'unmuted', text: 'The mute is over.' };
      await tx.query(insertFindingEvents, { events: storedJson([{ ...event, actor: 'worker' }]) });
      if (isOpen(finding.state)) await announce(tx, caseOf(finding));
    });
}
