import { describe, expect, it } from 'vitest';
import { judgeMutations, type MutationSeen, mutationKey } from '@/lib/label-store/health-model';

const seen = (given: Partial<MutationSeen>): MutationSeen => ({
  database: 'acme',
  table: 'labels',
  host: 'a',
  mutationId: 'mutation_2.txt',
  command: "(DELETE WHERE 'x' != '')",
  createdAtMs: 1_000,
  partsToDo: 3,
  partsInProgress: 0,
  failReason: '',
  postponeReason: '',
  ...given,
});
const minute = 60_000;

describe('judging unfinished mutations', () => {
  it('blames the oldest of each host, by time and then by number', () => {
    const judged = judgeMutations([
      seen({ mutationId: 'mutation_10.txt', failReason: 'no column x' }),
      seen({ mutationId: 'mutation_9.txt', failReason: 'no column x' }),
      seen({ host: 'b', mutationId: 'mutation_10.txt' }),
    ]);
    expect(judged.map((one) => [one.host, one.mutationId, one.health])).toEqual([
      ['a', 'mutation_9.txt', 'failing'],
      ['a', 'mutation_10.txt', 'waiting'],
      ['b', 'mutation_10.txt', 'running'],
    ]);
  });

  it('blames the oldest failing one, not a healthy one before it, and counts those that wait behind it', () => {
    const judged = judgeMutations([
      seen({ mutationId: 'mutation_2.txt', createdAtMs: 1 }),
      seen({ mutationId: 'mutation_3.txt', createdAtMs: 2, failReason: 'no column x' }),
      seen({ mutationId: 'mutation_4.txt', createdAtMs: 3, failReason: 'no column x' }),
      seen({ mutationId: 'mutation_5.txt', createdAtMs: 4 }),
      seen({ mutationId: 'mutation_6.txt', createdAtMs: 4, table: 'other' }),
    ]);
    expect(judged.map((one) => [one.mutationId, one.health, one.behind, one.waitingBehind])).toEqual([
      ['mutation_2.txt', 'running', null, 0],
      ['mutation_3.txt', 'failing', null, 2],
      ['mutation_4.txt', 'waiting', 'mutation_3.txt', 0],
      ['mutation_5.txt', 'waiting', 'mutation_3.txt', 0],
      ['mutation_6.txt', 'running', null, 0],
    ]);
    expect(judged[3]?.sentence).toContain('Waits behind mutation_3.txt, which fails: no column x');
  });

  it.each([
    ['no reason is given', {}, 0, 'running'],
    ['a part was done meanwhile', { postponeReason: 'busy' }, 2 * minute, 'running'],
    ['it stood still with a reason', { postponeReason: 'busy' }, 0, 'stuck'],
    ['it stood still and fails', { failReason: 'no column x' }, 0, 'stuck'],
  ] as const)('calls one stuck by evidence, not by age: %s', (_, given, sinceMs, health) => {
    const standing = (nowMs: number) => ({ since: new Map([[mutationKey(seen({})), sinceMs]]), nowMs });
    expect(judgeMutations([seen(given)], standing(6 * minute))[0]?.health).toBe(health);
    expect(judgeMutations([seen(given)])[0]?.health).not.toBe('stuck');
    expect(judgeMutations([seen(given)], standing(4 * minute))[0]?.health).not.toBe('stuck');
    const other = { since: new Map([[mutationKey(seen({ host: 'b' })), 0]]), nowMs: 6 * minute };
    expect(judgeMutations([seen(given)], other)[0]?.health).not.toBe('stuck');
  });
});
