import { backupDigest } from '@/lib/label-store/backup-digest';
import { sameDigest, tagText } from '@/lib/label-store/model';
import { count, listed } from '@/lib/words';
import { orderSpec } from '../job-specs';
import { accepted } from './accepted';
import { type Check, fail, pass } from './input';

/** A backup that was dropped, or is not what was proven when it was taken, restores nothing. */
export const backupsCheck: Check = {
  id: 'backups',
  title: 'The backups are what was backed up',
  async look(ctx, { units: days, tables }) {
    const undone = days.flatMap(({ unit: day, undo }) => (undo ? [{ day, undo }] : []));
    const found = await Promise.all(undone.map(({ undo }) => backupDigest(ctx, { backupId: undo.backupId, tables })));
    const bad = undone.filter(({ undo }, at) => !found[at] || !sameDigest(found[at], undo));
    const rows = found.reduce((sum, digest) => sum + digest.rows, 0);
    const numbers = { backups: undone.length, rows, bad: bad.length };
    return bad.length === 0
      ? pass(
          `${count(rows, 'row')} in ${count(undone.length, 'backup')}; count and hash are those of when it was taken.`,
          numbers,
        )
      : fail(
          `The backup of ${listed(bad.map(({ day }) => day))} is gone or is not what was backed up, so it cannot be restored. Undo the other units one by one.`,
          numbers,
        );
  },
};

export const undoAcceptedCheck: Check = {
  id: 'job-accepted',
  title: 'The restore Job is accepted',
  async look(ctx, { scope, tables, units: days }) {
    const [first] = days;
    if (!first?.undo) return pass('0 days are restored.', { jobs: 0 });
    const of = { runId: 'preview', itemId: 'preview', unit: first.unit, attempt: 1 };
    const order = {
      scope,
      labels: tables.labels.distributed,
      labelsLocal: tables.labels.local,
      cluster: tables.cluster,
      tag: tagText(of),
      backupId: first.undo.backupId,
      expect: { rows: first.undo.rows, hash: first.undo.hash },
    };
    return accepted(ctx, orderSpec(ctx.config, 'restore', order, of), days.length);
  },
};
