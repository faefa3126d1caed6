import { randomOf } from './random';

/** The kinds of fault. Frozen: SIGSTOP until SIGCONT. Killed: SIGKILL, and a start some seconds later. */
export const faultKinds = [
  'web killed',
  'web frozen',
  'worker killed',
  'both workers killed',
  'worker frozen',
  'worker told to stop',
  'Job killed',
  'Job’s wrapper killed',
  'Job frozen',
  'ClickHouse killed',
  'ClickHouse engine killed',
  'ClickHouse frozen',
  'Postgres killed',
  'Postgres stopped',
  'Postgres frozen',
  'backup disk full',
  'API server stopped',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** `victim` is a number that chooses among the possible victims; `lengthMs` is how long the fault lasts. */
export type Fault = { seq: number; atMs: number; kind: FaultKind; victim: number; lengthMs: number };

const secondsOf: Record<FaultKind, [least: number, most: number]> = {
  'web killed': [0, 4],
  'web frozen': [2, 8],
  'worker killed': [0, 8],
  'both workers killed': [0, 4],
  // After the queue's heartbeat of 10 s another worker takes the day over, and then the frozen one wakes.
  'worker frozen': [2, 20],
  'worker told to stop': [0, 3],
  'Job killed': [0, 0],
  'Job’s wrapper killed': [0, 0],
  'Job frozen': [1, 10],
  'ClickHouse killed': [1, 8],
  'ClickHouse engine killed': [0, 0],
  'ClickHouse frozen': [1, 12],
  'Postgres killed': [1, 6],
  'Postgres stopped': [1, 6],
  'Postgres frozen': [1, 12],
  'backup disk full': [4, 15],
  'API server stopped': [2, 12],
};

const firstMs = 1_000;
const gapMs = [1_500, 6_000] as const;

/**
 * The faults of a seed: every kind once in random order, then again in another order, until the time is up. Some
 * overlap the next ones. The result depends only on the arguments.
 */
export function scheduleOf(options: { seed: number; durationMs: number; kinds: readonly FaultKind[] }): Fault[] {
  const random = randomOf(options.seed, 'faults');
  const faults: Fault[] = [];
  let round: FaultKind[] = [];
  for (let atMs = firstMs; atMs < options.durationMs; atMs += random.whole(...gapMs)) {
    if (round.length === 0) round = random.shuffle(options.kinds);
    const kind = round.shift();
    if (!kind) break;
    const [least, most] = secondsOf[kind];
    const lengthMs = random.whole(least * 1_000, most * 1_000);
    faults.push({ seq: faults.length + 1, atMs, kind, victim: random.whole(0, 999), lengthMs });
  }
  return faults;
}
