import { expect, test } from 'vitest';
import { randomOf } from '@/bench/faults/random';
import { faultKinds, scheduleOf } from '@/bench/faults/schedule';

const minutes = 60_000;
const of = (seed: number, durationMs = 10 * minutes) => scheduleOf({ seed, durationMs, kinds: faultKinds });

test('a seed always gives the same faults at the same times, another seed others', () => {
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
  expect(of(7, minutes)).toEqual(of(7).slice(0, of(7, minutes).length));
});

test('every kind of fault comes before one comes again', () => {
  for (const seed of [1, 2, 3]) {
    const kinds = of(seed).map((fault) => fault.kind);
    expect(kinds.length).toBeGreaterThan(2 * faultKinds.length);
    expect(new Set(kinds.slice(0, faultKinds.length))).toEqual(new Set(faultKinds));
    expect(new Set(kinds.slice(faultKinds.length, 2 * faultKinds.length))).toEqual(new Set(faultKinds));
  }
});

test('what one part of a bench draws changes nothing for another', () => {
  const alone = randomOf(5, 'operators');
  const beside = randomOf(5, 'operators');
  randomOf(5, 'arrivals').shuffle([1, 2, 3]);
  expect([beside.next(), beside.next()]).toEqual([alone.next(), alone.next()]);
});
