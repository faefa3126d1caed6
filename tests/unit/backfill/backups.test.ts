import { expect, it } from 'vitest';
import { dropRule } from '@/lib/backfill/backups/backup-model';
import { runStatuses } from '@/lib/backfill/state/model';

const dayMs = 86_400_000;
const old = { takenAtMs: 0, undoing: false, dropping: false, daysMax: 30, nowMs: 365 * dayMs };

it('a backup is due only past its age, of a run that is over, with no undo at work', () => {
  for (const runStatus of runStatuses) {
    const over = ['verified', 'cancelled', 'closed'].includes(runStatus);
    expect(dropRule({ ...old, runStatus }).state, runStatus).toBe(over ? 'due' : 'kept');
    expect(dropRule({ ...old, runStatus, undoing: true })).toMatchObject({ state: 'kept', dropAtMs: null });
    expect(dropRule({ ...old, runStatus, nowMs: 30 * dayMs - 1 }).state).toBe('kept');
  }
  expect(dropRule({ ...old, runStatus: 'verified', nowMs: 30 * dayMs }).state).toBe('due');
  expect(dropRule({ ...old, runStatus: null })).toMatchObject({ state: 'kept', dropAtMs: null });
});

it('every backup says in a sentence when it will be dropped, or why it is kept', () => {
  for (const runStatus of [...runStatuses, null])
    for (const undoing of [true, false])
      for (const nowMs of [0, 365 * dayMs])
        expect(dropRule({ ...old, runStatus, undoing, nowMs }).sentence).toMatch(/^[A-Z].*\.$/);
});
