import { describe, expect, it } from 'vitest';
import {
  controlsOf,
  type ItemEvent,
  type ItemState,
  next,
  planned,
  plannedFor,
  runStatusOf,
  skipped,
  triesMax,
} from '@/lib/backfill/machine';
import { type ItemStatus, type Strategy, strategies, workStatuses } from '@/lib/backfill/model';
import { pathOf, type WorkStatus } from '@/lib/backfill/paths';

const base = { attempt: 2, tries: 1, backup: 1, deletes: true, partial: false };
const working = (status: WorkStatus, more: Partial<typeof base> = {}): ItemState => ({ ...base, ...more, status });
const waiting = (
  failedIn: WorkStatus,
  labels: Extract<ItemState, { status: 'needs attention' }>['labels'],
  more: Partial<typeof base> = {},
): ItemState => ({ ...base, ...more, status: 'needs attention', failedIn, labels, sentence: 'It failed.' });

const kinds = [
  'begin',
  'checked',
  'snapshot taken',
  'backed up',
  'delete seen',
  'rows gone',
  'relabel begun',
  'relabelled',
  'counted',
  'job died',
  'failed',
  'stop',
  'resume',
  'retry',
  'relabel only',
  'close',
  'hand to undo',
  'proved',
  'restored',
] as const satisfies ItemEvent['kind'][];
const list = { attempt: 2, rows: 17, hash: '1' };
const event = (kind: ItemEvent['kind']): ItemEvent => {
  if (kind === 'proved') return { kind, list };
  return kind === 'job died' || kind === 'failed' || kind === 'stop' || kind === 'close' || kind === 'hand to undo'
    ? { kind, sentence: 'So it is.' }
    : { kind };
};

const states: Record<string, ItemState> = {
  planned: planned(true),
  ...Object.fromEntries(pathOf(base).map((status) => [status, working(status)])),
  verified: { ...base, status: 'verified' },
  cancelled: { ...base, status: 'cancelled', sentence: 'So it is.' },
  skipped: skipped('Nothing is affected.'),
  'attention in place': waiting('checking', 'in place'),
  'attention half deleted': waiting('waiting for mutation', 'half deleted'),
  'attention gone': waiting('relabelling', 'gone'),
  'attention written': waiting('verifying', 'written'),
};

/** Every pair that leads somewhere; all others must lead nowhere. */
const leads: Record<string, Partial<Record<ItemEvent['kind'], ItemStatus>>> = {
  planned: { begin: 'checking', stop: 'cancelled' },
  checking: { checked: 'snapshot', failed: 'needs attention', stop: 'cancelled' },
  snapshot: { 'snapshot taken': 'backing up', failed: 'needs attention', stop: 'cancelled' },
  'backing up': { 'backed up': 'deleting', 'job died': 'backing up', failed: 'needs attention', stop: 'cancelled' },
  deleting: {
    'delete seen': 'waiting for mutation',
    'rows gone': 'deleted, not relabelled',
    'job died': 'deleting',
    failed: 'needs attention',
    stop: 'needs attention',
  },
  'waiting for mutation': {
    'rows gone': 'deleted, not relabelled',
    failed: 'needs attention',
    stop: 'needs attention',
  },
  'deleted, not relabelled': { 'relabel begun': 'relabelling', failed: 'needs attention', stop: 'needs attention' },
  relabelling: {
    relabelled: 'verifying',
    'job died': 'relabelling',
    failed: 'needs attention',
    stop: 'needs attention',
  },
  verifying: { counted: 'verified', failed: 'needs attention', stop: 'needs attention' },
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
    expect(deleting).toMatchObject({ status: 'deleting', backup: 4 });
    if (deleting) expect(next(deleting, event('job died'))).toMatchObject({ attempt: 5, backup: 4 });
  });

  it('goes from the snapshot straight to the relabel where nothing is deleted', () => {
    expect(next(working('snapshot', { deletes: false }), event('snapshot taken'))?.status).toBe('relabelling');
  });

  it('never closes a day whose labels are gone or half deleted', () => {
    for (const labels of ['gone', 'half deleted'] as const)
      for (const status of workStatuses) expect(next(waiting(status, labels), event('close'))).toBeNull();
  });

  it('never relabels over rows that are still in place', () => {
    expect(next(waiting('backing up', 'in place'), event('relabel only'))).toBeNull();
    expect(next(waiting('relabelling', 'in place', { deletes: false }), event('relabel only'))?.status).toBe(
      'relabelling',
    );
  });

  it('calls a day deleted whose relabel failed, and one that never deletes untouched', () => {
    expect(next(working('relabelling'), event('failed'))).toMatchObject({ labels: 'gone' });
    expect(next(working('relabelling', { deletes: false }), event('failed'))).toMatchObject({ labels: 'in place' });
    expect(next(working('deleting'), event('failed'))).toMatchObject({ labels: 'half deleted' });
    expect(next(working('verifying'), event('failed'))).toMatchObject({ labels: 'written' });
  });

  it('allows a retry of a half deleted day to delete what is left, and no other', () => {
    expect(next(waiting('waiting for mutation', 'half deleted'), event('retry'))).toMatchObject({ partial: true });
    expect(next(waiting('deleting', 'in place'), event('retry'))).toMatchObject({ partial: false });
  });
});

describe('a strategy', () => {
  const happy: Record<WorkStatus, ItemEvent['kind']> = {
    checking: 'checked',
    snapshot: 'snapshot taken',
    'backing up': 'backed up',
    deleting: 'delete seen',
    'waiting for mutation': 'rows gone',
    'deleted, not relabelled': 'relabel begun',
    relabelling: 'relabelled',
    proving: 'proved',
    restoring: 'restored',
    verifying: 'counted',
  };
  const walk = (state: ItemState): ItemStatus[] => {
    const kind = state.status === 'planned' ? 'begin' : happy[state.status as WorkStatus];
    const after = next(state, event(kind));
    if (!after) throw new Error(`${state.status} leads nowhere`);
    return after.status === 'verified' ? ['verified'] : [after.status, ...walk(after)];
  };

  it.each(strategies)('%s goes through its own steps in order and ends verified', (flow) => {
    const state = plannedFor(flow, 50);
    expect(walk(state)).toEqual([...pathOf(state), 'verified']);
  });

  it('writes and proves the right rows before no-gap deletes anything, and backs up before it writes', () => {
    const path = pathOf(plannedFor('no-gap', 50));
    const order = ['backing up', 'relabelling', 'proving', 'deleting', 'waiting for mutation', 'verifying'] as const;
    expect(path.filter((status) => (order as readonly string[]).includes(status))).toEqual(order);
  });

  it.each(strategies)('%s of a day without label rows backs up, deletes and proves nothing', (flow) => {
    const path = pathOf(plannedFor(flow, 0));
    expect(walk(plannedFor(flow, 0))).toEqual([...path, 'verified']);
    expect(path.filter((status) => ['backing up', 'deleting', 'proving'].includes(status))).toEqual([]);
  });

  const at = (flow: Strategy, status: WorkStatus): ItemState => ({
    ...base,
    flow,
    backs: true,
    deletes: false,
    status,
  });
  const stopped = (flow: Strategy, failedIn: WorkStatus): ItemState => {
    const state = next(at(flow, failedIn), event('failed'));
    if (state?.status !== 'needs attention') throw new Error(failedIn);
    return state;
  };

  it('never calls labels of a no-gap day missing, wherever it stops, so that it may be closed', () => {
    for (const status of pathOf(at('no-gap', 'checking'))) {
      expect(stopped('no-gap', status)).toMatchObject({ labels: expect.stringMatching(/in place|written/) });
      expect(next(stopped('no-gap', status), event('close'))?.status).toBe('cancelled');
    }
  });

  it('proves anew before a retry of a no-gap delete, and deletes nothing where no row is wrong', () => {
    for (const status of ['deleting', 'waiting for mutation'] as const)
      expect(next(stopped('no-gap', status), event('retry'))).toMatchObject({ status: 'proving', attempt: 3 });
    expect(next(at('no-gap', 'proving'), { kind: 'proved', list: null })?.status).toBe('verifying');
  });

  it('never relabels before the day is backed up', () => {
    for (const status of ['checking', 'snapshot', 'backing up'] as const)
      for (const flow of strategies) expect(next(stopped(flow, status), event('relabel only'))).toBeNull();
  });

  it('never closes a half restored day but through a relabel or another undo', () => {
    const state = stopped('undo', 'restoring');
    expect(state).toMatchObject({ labels: 'half deleted' });
    expect(next(state, event('close'))).toBeNull();
    const relabelled = next(state, event('relabel only'));
    expect(relabelled && walk(relabelled)).toEqual(['verifying', 'verified']);
  });
});

describe('the status of a run', () => {
  it.each<[ItemStatus[], string]>([
    [['planned', 'planned'], 'queued'],
    [['skipped', 'planned'], 'queued'],
    [['checking', 'planned'], 'running'],
    [['verified', 'planned'], 'running'],
    [['verified', 'needs attention', 'planned'], 'needs attention'],
    [['verified', 'skipped'], 'verified'],
    [['verified', 'cancelled'], 'cancelled'],
    [['cancelled', 'skipped'], 'cancelled'],
  ])('of days %j is %s', (items, status) => {
    expect(runStatusOf(items)).toBe(status);
  });
});

describe('the controls of a run', () => {
  it('offers both cancels while it runs, and resume once one was asked for', () => {
    expect(controlsOf({ status: 'running', cancelAfter: null }, [working('deleting')])).toEqual([
      'cancel after step',
      'cancel after day',
    ]);
    expect(controlsOf({ status: 'running', cancelAfter: 'day' }, [working('deleting')])).toEqual([
      'cancel after step',
      'resume',
    ]);
  });

  it('offers exactly what the machine allows while it needs a person', () => {
    for (const state of Object.values(states).filter((one) => one.status === 'needs attention')) {
      const offered = controlsOf({ status: 'needs attention', cancelAfter: null }, [state]);
      const allowed = (['resume', 'retry', 'relabel only', 'close'] as const).filter((kind) =>
        next(state, event(kind)),
      );
      expect(offered).toEqual(allowed);
    }
  });

  it('offers nothing once it is over', () => {
    for (const status of ['verified', 'cancelled', 'closed'] as const)
      expect(controlsOf({ status, cancelAfter: null }, [])).toEqual([]);
  });
});
