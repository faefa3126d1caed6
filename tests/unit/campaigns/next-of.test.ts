import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CampaignCustomerStatus, campaignCustomerStatuses } from '@/lib/campaigns/state/campaign-model';
import {
  type Action,
  type CampaignFacts,
  type CustomerFacts,
  type HoldFacts,
  nextOf,
  outcomeOf,
  type RunFacts,
  stopReasonOf,
} from '@/lib/campaigns/state/next-of';
import { wavesOf } from '@/lib/campaigns/state/waves';

const running: CampaignFacts = { status: 'running', outcome: null, pause: null, concurrency: 2, failureBudget: 0 };
const personPause = { cause: 'person', by: 'olga', reason: 'to look', atMs: 1 } as const;
const run = (more: Partial<RunFacts> = {}): RunFacts => ({
  id: 'run',
  status: 'running',
  cancelling: false,
  paused: null,
  units: 2,
  unitsVerified: 0,
  lost: 0,
  failure: null,
  ...more,
});
const customer = (
  customerId: string,
  wave: number,
  status: CampaignCustomerStatus,
  more: Partial<CustomerFacts> = {},
): CustomerFacts => ({
  customerId,
  status,
  wave,
  sentence: null,
  rowsToDelete: 10,
  isEarly: status === 'starting',
  otherRun: null,
  run: status === 'running' ? run({ id: `run of ${customerId}` }) : null,
  ...more,
});
const kinds = (actions: Action[]) => actions.map(({ kind }) => kind);
const started = (actions: Action[]) => actions.flatMap((one) => (one.kind === 'start' ? [one.customerId] : []));

describe('a campaign', () => {
  it('has a reason to stop as soon as a run shows it, before a tick has written it down', () => {
    const at = (more: Partial<RunFacts>) => [
      customer('a', 0, 'verified'),
      customer('b', 1, 'running', { run: run(more) }),
    ];
    expect(stopReasonOf(running, at({}))).toBeNull();
    expect(stopReasonOf(running, at({ status: 'needs attention' }))).toContain('the failure budget is 0');
    expect(stopReasonOf({ ...running, failureBudget: 1 }, at({ status: 'needs attention' }))).toBeNull();
    expect(stopReasonOf({ ...running, failureBudget: 1 }, at({ status: 'needs attention', lost: 2 }))).toContain(
      'without',
    );
  });

  it('starts its canary by itself, and the first wave once the canary is verified', () => {
    const rest = [customer('b', 1, 'waiting'), customer('c', 1, 'waiting'), customer('d', 2, 'waiting')];
    expect(nextOf(running, [customer('a', 0, 'waiting'), ...rest], null)).toEqual([{ kind: 'start', customerId: 'a' }]);
    expect(nextOf(running, [customer('a', 0, 'running'), ...rest], null)).toEqual([]);
    const verified = customer('a', 0, 'running', { run: run({ status: 'verified' }) });
    expect(started(nextOf(running, [verified, ...rest], null))).toEqual(['b', 'c']);
  });

  it('begins no wave before the one before it is over, and plans one customer ahead of its concurrency', () => {
    const customers = [customer('a', 0, 'verified'), customer('b', 1, 'running'), customer('c', 1, 'waiting')];
    const later = [customer('d', 1, 'waiting'), customer('e', 1, 'waiting'), customer('f', 2, 'waiting')];
    expect(started(nextOf(running, [...customers, ...later], null))).toEqual(['c', 'd']);
    expect(started(nextOf(running, [...customers, later[2] as CustomerFacts], null))).toEqual(['c']);
  });

  it('stops before anything else begins when the canary is not verified', () => {
    const canary = customer('a', 0, 'running', {
      run: run({ status: 'needs attention', failure: 'The disk is full.' }),
    });
    const actions = nextOf({ ...running, failureBudget: 9 }, [canary, customer('b', 1, 'waiting')], null);
    expect(actions).toEqual([
      { kind: 'set', customerId: 'a', status: 'needs attention', sentence: 'The disk is full.' },
      { kind: 'stop', sentence: 'The canary a is not verified.' },
      { kind: 'set', customerId: 'b', status: 'not begun', sentence: null },
      { kind: 'end', outcome: 'stopped' },
    ]);
  });

  it('goes on within its failure budget and stops above it, and lets runs under way end after their unit', () => {
    const failed = [
      customer('b', 1, 'set aside'),
      customer('c', 1, 'needs attention', { run: run({ status: 'needs attention' }) }),
    ];
    const customers = [
      customer('a', 0, 'verified'),
      ...failed,
      customer('d', 1, 'running'),
      customer('e', 1, 'waiting'),
    ];
    expect(started(nextOf({ ...running, failureBudget: 2 }, customers, null))).toEqual(['e']);
    const stopped = nextOf({ ...running, failureBudget: 1 }, customers, null);
    expect(kinds(stopped)).toEqual(['stop', 'set', 'cancel run']);
    expect(stopped[0]).toMatchObject({
      sentence: '2 customers are set aside or need attention; the failure budget is 1.',
    });
  });

  it('stops when a verification found labels lost, whatever its budget', () => {
    const losing = customer('b', 1, 'needs attention', { run: run({ status: 'needs attention', lost: 3 }) });
    const actions = nextOf({ ...running, failureBudget: 500 }, [customer('a', 0, 'verified'), losing], null);
    expect(actions[0]).toEqual({
      kind: 'stop',
      sentence: 'The verification of b found 3 conversations without their labels.',
    });
  });

  it('waits while another run of a customer is active, and says which once', () => {
    const waiting = customer('b', 1, 'waiting', { otherRun: 'other' });
    const customers = [customer('a', 0, 'verified'), waiting, customer('c', 1, 'waiting')];
    const [said, next] = nextOf(running, customers, null);
    expect(said).toMatchObject({
      kind: 'set',
      status: 'waiting',
      sentence: expect.stringContaining('/backfills/other'),
    });
    expect(next).toEqual({ kind: 'start', customerId: 'c' });
    const sentence = said?.kind === 'set' ? said.sentence : null;
    expect(nextOf(running, [customer('a', 0, 'verified'), { ...waiting, sentence }], null)).toEqual([]);
  });

  it('takes the smallest customer as its canary where the planned one needs no repair any more', () => {
    const customers = [
      customer('a', 0, 'left out'),
      customer('b', 1, 'waiting', { rowsToDelete: 20 }),
      customer('c', 1, 'waiting', { rowsToDelete: 10 }),
    ];
    expect(nextOf(running, customers, null)).toEqual([{ kind: 'canary', customerId: 'c' }]);
  });

  it('paused by a person, starts nothing and pauses its runs; resumed, lets them go on', () => {
    const customers = [customer('a', 0, 'verified'), customer('b', 1, 'running'), customer('c', 1, 'waiting')];
    const paused = nextOf({ ...running, status: 'paused', pause: personPause }, customers, null);
    expect(paused).toEqual([{ kind: 'pause run', customerId: 'b', runId: 'run of b', by: 'olga', reason: 'to look' }]);
    customers[1] = customer('b', 1, 'running', { run: run({ id: 'run of b', paused: 'campaign' }) });
    expect(kinds(nextOf(running, customers, null))).toEqual(['resume run', 'start']);
  });

  it('holds with the numbers, says it once, and goes on by itself', () => {
    const hold: HoldFacts = { cause: 'hold', sentence: 'A replica is 90 s behind.', pausesRuns: false };
    const customers = [customer('a', 0, 'verified'), customer('b', 1, 'waiting')];
    expect(nextOf(running, customers, hold)).toEqual([
      { kind: 'hold', cause: 'hold', sentence: 'A replica is 90 s behind.', isNew: true },
    ]);
    const held = {
      ...running,
      status: 'paused',
      pause: { cause: 'hold', by: 'worker', reason: hold.sentence, atMs: 1 },
    } as const;
    expect(nextOf(held, customers, hold)).toEqual([]);
    expect(nextOf(held, customers, { ...hold, sentence: 'A replica is 95 s behind.' })).toMatchObject([
      { isNew: false },
    ]);
    expect(kinds(nextOf(held, customers, null))).toEqual(['go on', 'start']);
  });

  it('stopping, begins nothing, cancels each run once and ends when none is under way', () => {
    const stopping = { ...running, status: 'stopping' } as const;
    const customers = [customer('a', 0, 'running'), customer('b', 1, 'starting'), customer('c', 1, 'waiting')];
    expect(kinds(nextOf(stopping, customers, null))).toEqual(['set', 'set', 'cancel run']);
    const cancelling = customer('a', 0, 'running', { run: run({ cancelling: true }) });
    expect(nextOf(stopping, [cancelling, customer('b', 1, 'not begun')], null)).toEqual([]);
    const cancelled = customer('a', 0, 'running', { run: run({ status: 'cancelled', unitsVerified: 1 }) });
    expect(nextOf(stopping, [cancelled], null)).toEqual([
      {
        kind: 'set',
        customerId: 'a',
        status: 'set aside',
        sentence: 'Its run was cancelled. 1 of 2 units is verified.',
      },
      { kind: 'end', outcome: 'stopped' },
    ]);
  });

  it('stopping, resumes no run that is not being cancelled, whatever paused it', () => {
    const stopping = { ...running, status: 'stopping' } as const;
    const paused = (more: Partial<RunFacts>) => [customer('a', 0, 'running', { run: run(more) })];
    expect(kinds(nextOf(stopping, paused({ paused: 'campaign' }), null))).toEqual(['cancel run']);
    expect(kinds(nextOf(stopping, paused({ paused: 'person' }), null))).toEqual(['cancel run']);
    expect(nextOf(stopping, paused({ paused: 'person', cancelling: true }), null)).toEqual([]);
    expect(kinds(nextOf(stopping, paused({ paused: 'campaign', cancelling: true }), null))).toEqual(['resume run']);
  });

  it('plans nobody ahead while its runs are all paused, and makes a start again that came to nothing', () => {
    const customers = (paused: RunFacts['paused'], isEarly = true) => [
      customer('a', 0, 'verified'),
      customer('b', 1, 'running', { run: run({ paused }) }),
      customer('c', 1, 'starting', { isEarly }),
      customer('d', 1, 'waiting'),
    ];
    expect(started(nextOf(running, customers(null), null))).toEqual(['d']);
    expect(started(nextOf(running, customers('person'), null))).toEqual([]);
    expect(started(nextOf(running, customers('person', false), null))).toEqual(['c']);
  });

  it('paused, pauses a run that is held as well, so that the end of the hold does not let it go on', () => {
    const held = [customer('a', 0, 'running', { run: run({ paused: 'hold' }) })];
    expect(kinds(nextOf({ ...running, status: 'paused', pause: personPause }, held, null))).toEqual(['pause run']);
  });

  it('ends when every customer is over, and follows a run that a person mends later', () => {
    const mended = customer('b', 1, 'needs attention', { run: run({ status: 'verified' }) });
    const ended = { ...running, status: 'ended', outcome: 'some set aside' } as const;
    const actions = nextOf(ended, [customer('a', 0, 'verified'), mended], null);
    expect(actions).toEqual([
      { kind: 'set', customerId: 'b', status: 'verified', sentence: null },
      { kind: 'end', outcome: 'all verified' },
    ]);
    expect(outcomeOf([{ status: 'left out' }])).toBe('nothing to repair');
  });
});

it('whatever a tick finds, it starts only within wave and concurrency, and nothing of a campaign that is not running', () => {
  const customers = fc.array(
    fc.record({
      wave: fc.nat(3),
      status: fc.constantFrom(...campaignCustomerStatuses),
      lost: fc.constantFrom(0, 0, 0, 2),
      isEarly: fc.boolean(),
      other: fc.boolean(),
      runStatus: fc.constantFrom('queued', 'running', 'needs attention', 'verified', 'cancelled', 'closed'),
    }),
    { maxLength: 12 },
  );
  const campaign = fc.record({
    status: fc.constantFrom('planned', 'running', 'paused', 'stopping', 'ended'),
    concurrency: fc.integer({ min: 1, max: 4 }),
    failureBudget: fc.nat(3),
    byPerson: fc.boolean(),
    held: fc.boolean(),
  });
  fc.assert(
    fc.property(customers, campaign, (found, { byPerson, held, ...given }) => {
      const facts = found
        .map((one, at) =>
          customer(`c${at}`, one.wave, one.status, {
            isEarly: one.isEarly,
            otherRun: one.other ? 'other' : null,
            run: ['running', 'needs attention'].includes(one.status)
              ? run({ id: `r${at}`, status: one.runStatus as RunFacts['status'], lost: one.lost })
              : null,
          }),
        )
        .sort((a, b) => a.wave - b.wave);
      const pause =
        given.status === 'paused'
          ? { ...personPause, cause: byPerson ? ('person' as const) : ('hold' as const) }
          : null;
      const hold: HoldFacts | null = held ? { cause: 'hold', sentence: 'Held.', pausesRuns: false } : null;
      const actions = nextOf({ ...given, outcome: null, pause } as CampaignFacts, facts, hold);
      const starts = started(actions);
      const again = starts.filter((id) => facts.some((one) => one.customerId === id && one.status === 'starting'));
      if (held || pause?.cause === 'person' || !['running', 'paused'].includes(given.status))
        expect(starts).toEqual([]);
      if (actions.some(({ kind }) => kind === 'stop' || kind === 'end')) expect(starts).toEqual([]);
      const under = facts.filter(
        ({ status, run }) =>
          status === 'starting' || (status === 'running' && (run?.status === 'running' || run?.status === 'queued')),
      );
      expect(
        starts.length === again.length || starts.length - again.length + under.length <= given.concurrency + 1,
      ).toBe(true);
      const open = facts.filter(
        ({ status, run }) =>
          ['waiting', 'starting'].includes(status) ||
          (status === 'running' && (run?.status === 'running' || run?.status === 'queued')),
      );
      for (const id of starts) {
        const one = facts.find(({ customerId }) => customerId === id);
        expect(one).toMatchObject({ isEarly: false });
        if (again.includes(id)) continue;
        expect(one).toMatchObject({ status: 'waiting', otherRun: null });
        expect(one?.wave).toBe(Math.min(...open.map(({ wave }) => wave)));
      }
    }),
    { numRuns: 500 },
  );
});

it('waves hold every customer once, the canary first and the last size repeated', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => ({ customerId: `c${at}` }));
  expect(
    wavesOf(ids(7), { canary: 'c3', waves: [1, 2] }).map(({ customerId, wave }) => `${wave}${customerId}`),
  ).toEqual(['0c3', '1c0', '2c1', '2c2', '3c4', '3c5', '4c6']);
  expect(wavesOf(ids(2), { canary: 'gone', waves: [5] }).map(({ wave }) => wave)).toEqual([0, 1]);
  expect(wavesOf([], { waves: [5] })).toEqual([]);
});
