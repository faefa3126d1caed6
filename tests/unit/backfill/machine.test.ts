import { describe, expect, it } from 'vitest';
import { type ItemEvent, next, triesMax } from '@/lib/backfill/state/machine';
import { type ItemStatus, workStatuses } from '@/lib/backfill/state/name-model';
import { StateJson } from '@/lib/backfill/state/sql/state-json';
import { event, kinds, states, waiting, working } from './machine-states';

/** Every pair that leads somewhere; all others must lead nowhere. */
const leads: Record<string, Partial<Record<ItemEvent['kind'], ItemStatus>>> = {
  planned: { begin: 'checking', stop: 'cancelled', park: 'planned' },
  checking: {
    checked: 'snapshot',
    failed: 'needs attention',
    stop: 'cancelled',
    'stop now': 'needs attention',
    park: 'planned',
  },
  snapshot: {
    'snapshot taken': 'backing up',
    failed: 'needs attention',
    stop: 'cancelled',
    'stop now': 'needs attention',
    park: 'planned',
  },
  'backing up': {
    'backed up': 'deleting',
    'job died': 'backing up',
    failed: 'needs attention',
    stop: 'cancelled',
    'stop now': 'needs attention',
    park: 'planned',
  },
  deleting: {
    'delete seen': 'waiting for mutation',
    'rows gone': 'deleted, not relabelled',
    'job died': 'deleting',
    failed: 'needs attention',
    stop: 'needs attention',
    'stop now': 'needs attention',
    park: 'planned',
  },
  'waiting for mutation': {
    'rows gone': 'deleted, not relabelled',
    failed: 'needs attention',
    stop: 'needs attention',
    'stop now': 'needs attention',
  },
  'deleted, not relabelled': {
    'relabel begun': 'relabelling',
    failed: 'needs attention',
    stop: 'needs attention',
    'stop now': 'needs attention',
  },
  relabelling: {
    relabelled: 'verifying',
    'job died': 'relabelling',
    failed: 'needs attention',
    stop: 'needs attention',
    'stop now': 'needs attention',
  },
  verifying: { counted: 'verified', failed: 'needs attention', stop: 'needs attention', 'stop now': 'needs attention' },
  verified: {},
  cancelled: {},
  skipped: {},
  'attention in place': { resume: 'checking', retry: 'checking', close: 'cancelled', 'hand to undo': 'cancelled' },
  'attention half deleted': {
    resume: 'waiting for mutation',
    retry: 'deleting',
    'relabel only': 'relabelling',
    'hand to undo': 'cancelled',
  },
  'attention gone': {
    resume: 'relabelling',
    retry: 'relabelling',
    'relabel only': 'relabelling',
    'hand to undo': 'cancelled',
  },
  'attention written': {
    resume: 'verifying',
    retry: 'verifying',
    'relabel only': 'relabelling',
    close: 'cancelled',
    'hand to undo': 'cancelled',
  },
};

describe('the state machine of a day', () => {
  const pairs = Object.keys(states).flatMap((name) => kinds.map((kind) => [name, kind] as const));

  it.each(pairs)('answers (%s, %s) as the table says', (name, kind) => {
    const state = states[name];
    if (!state) throw new Error(name);
    expect(next(state, event(kind))?.status ?? null).toBe(leads[name]?.[kind] ?? null);
  });

  it.each(pairs)('answers (%s, %s) with a state that can be stored and read again', (name, kind) => {
    const after = states[name] && next(states[name], event(kind));
    if (after) expect(StateJson.parse(JSON.parse(JSON.stringify(after)))).toStrictEqual(after);
  });

  it('never lowers the attempt, whatever happens', () => {
    for (const state of Object.values(states))
      for (const kind of kinds) {
        const after = next(state, event(kind));
        if (after) expect(after.attempt).toBeGreaterThanOrEqual(state.attempt);
      }
  });

  it('gives every Job that is tried again a new attempt, and a person after the third', () => {
    for (const status of ['backing up', 'deleting', 'relabelling'] as const) {
      let state = working(status, { attempt: 5 });
      for (let tries = 2; tries <= triesMax; tries += 1) {
        const after = next(state, event('job died'));
        expect(after).toMatchObject({ status, tries, attempt: state.attempt + 1 });
        if (after) state = after;
      }
      expect(next(state, event('job died'))).toMatchObject({ status: 'needs attention', failedIn: status, attempt: 7 });
    }
  });

  it('remembers the attempt whose backup was proven, through every later attempt', () => {
    const deleting = next(working('backing up', { attempt: 4 }), event('backed up'));
    expect(deleting).toMatchObject({ status: 'deleting', backupAttempt: 4 });
    if (deleting) expect(next(deleting, event('job died'))).toMatchObject({ attempt: 5, backupAttempt: 4 });
  });

  it('goes from the snapshot straight to the relabel where nothing is deleted', () => {
    expect(next(working('snapshot', { hasRows: false }), event('snapshot taken'))?.status).toBe('relabelling');
  });

  it('never closes a day whose labels are gone or half deleted', () => {
    for (const labels of ['gone', 'half deleted'] as const)
      for (const status of workStatuses) expect(next(waiting(status, labels), event('close'))).toBeNull();
  });

  it('never relabels over rows that are still in place', () => {
    expect(next(waiting('backing up', 'in place'), event('relabel only'))).toBeNull();
    expect(next(waiting('relabelling', 'in place', { hasRows: false }), event('relabel only'))?.status).toBe(
      'relabelling',
    );
  });

  it('calls a day deleted whose relabel failed, and one that never deletes untouched', () => {
    expect(next(working('relabelling'), event('failed'))).toMatchObject({ labels: 'gone' });
    expect(next(working('relabelling', { hasRows: false }), event('failed'))).toMatchObject({ labels: 'in place' });
    expect(next(working('deleting'), event('failed'))).toMatchObject({ labels: 'half deleted' });
    expect(next(working('verifying'), event('failed'))).toMatchObject({ labels: 'written' });
  });

  it('never calls a day untouched after a delete that took some of its rows', () => {
    const last = (deletingRest: boolean) =>
      next(working('deleting', { tries: triesMax, deletingRest }), event('job died'));
    expect(last(false)).toMatchObject({ labels: 'in place' });
    expect(last(true)).toMatchObject({ labels: 'half deleted' });
  });

  it('allows a retry of a half deleted day to delete what is left, and no other', () => {
    expect(next(waiting('waiting for mutation', 'half deleted'), event('retry'))).toMatchObject({ deletingRest: true });
    expect(next(waiting('deleting', 'in place'), event('retry'))).toMatchObject({ deletingRest: false });
  });
});
