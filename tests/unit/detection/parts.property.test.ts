import { expect, it } from 'vitest';
import { comparePartsOf, type GonePart, type Part } from '@/lib/detection/changes/parts-model';
import { Random } from '@/tests/engine/detection/changes/random';

const sequences = Number(process.env.SEQUENCES ?? 1_500);
const from = Number(process.env.RANDOM_FROM ?? 1);
const lifetimeSeconds = 480;

/** Rows of a part, as the version of each key. The version says on which day the row starts. */
type Rows = Map<number, number>;
const dayOf = (version: number) => version % 7;
const timesOf = (rows: Rows): Part['times'] => {
  const days = [...rows.values()].map(dayOf);
  return days.length === 0 ? null : { from: Math.min(...days), to: Math.max(...days) };
};
type Stored = {
  level: number;
  mutation: number;
  min: number;
  max: number;
  hash: string;
  writtenAt: number;
  rows: Rows;
};

/** One partition of a table on a host, as the engine keeps it: blocks, merges, mutations, and what it lists. */
class Partition {
  active: Stored[] = [];
  detached: Rows[] = [];
  gone: GonePart[] = [];
  constructor(
    private readonly of: Pick<Part, 'side' | 'host' | 'partition'>,
    private readonly random: Random,
    private readonly clock: { now: number; blocks: number; files: number },
  ) {}

  insert(rows: Rows): void {
    const block = ++this.clock.blocks;
    this.add({ level: 0, mutation: 0, min: block, max: block, rows });
  }

  /** Neighbours become one part, in which each key keeps its newest row. */
  merge(all: boolean): void {
    const sorted = this.active.sort((a, b) => a.min - b.min);
    if (sorted.length === 0) return;
    const at = all ? 0 : this.random.between(0, sorted.length - 1);
    const sources = all ? [...sorted] : sorted.slice(at, at + this.random.between(1, 3));
    const rows: Rows = new Map();
    for (const source of sources)
      for (const [key, version] of source.rows) rows.set(key, Math.max(version, rows.get(key) ?? 0));
    this.replace(sources);
    const [first, last] = [sources[0] as Stored, sources.at(-1) as Stored];
    const level = Math.max(...sources.map((one) => one.level)) + 1;
    const mutation = Math.max(...sources.map((one) => one.mutation));
    this.add({ level, mutation, min: first.min, max: last.max, rows });
  }

  /** Every part gets the version of the mutation; only what it changes gets other files. */
  mutate(touched: (key: number) => boolean): void {
    const mutation = ++this.clock.blocks;
    for (const part of [...this.active]) {
      const rows = new Map([...part.rows].filter(([key]) => !touched(key)));
      this.replace([part]);
      const { hash, ...same } = part;
      if (rows.size === part.rows.size) this.active.push({ ...same, hash, mutation, writtenAt: this.clock.now });
      else if (rows.size > 0) this.add({ ...same, mutation, rows });
    }
  }

  /** Parts go at once; now and then an empty part is left in the place of one. */
  drop(parts: readonly Stored[]): void {
    this.active = this.active.filter((part) => !parts.includes(part));
    for (const part of parts)
      if (this.random.chance(0.2)) this.add({ ...part, level: part.level + 1, rows: new Map() });
  }

  detach(parts: readonly Stored[]): void {
    this.detached.push(...parts.map(({ rows }) => rows));
    this.drop(parts);
  }

  attach(): void {
    const rows = this.detached.pop();
    if (rows) this.insert(rows);
  }

  some(): Stored[] {
    return this.active.length === 0 ? [] : [this.random.of(this.active)];
  }

  parts(): Part[] {
    return this.active.map(({ rows, ...part }) => ({
      ...this.of,
      ...part,
      name: this.nameOf(part),
      version: part.mutation || part.min,
      rows: rows.size,
      times: timesOf(rows),
    }));
  }

  listed(): GonePart[] {
    return this.gone.filter(({ goneAt }) => goneAt > this.clock.now - lifetimeSeconds);
  }

  rowsOf(part: Part): Rows {
    return this.active.find((one) => this.nameOf(one) === part.name)?.rows ?? new Map();
  }

  /** The days on which a key has rows, also those that newer ones will replace. */
  daysOf(key: number): Set<number> {
    return new Set(this.active.flatMap(({ rows }) => (rows.has(key) ? [dayOf(rows.get(key) ?? 0)] : [])));
  }

  newest(): Rows {
    const rows: Rows = new Map();
    for (const part of this.active)
      for (const [key, version] of part.rows) rows.set(key, Math.max(version, rows.get(key) ?? 0));
    return rows;
  }

  isOf = ({ side, host, partition }: Part | GonePart): boolean =>
    side === this.of.side && host === this.of.host && partition === this.of.partition;

  private replace(parts: readonly Stored[]): void {
    this.active = this.active.filter((part) => !parts.includes(part));
    for (const part of parts)
      if (part.rows.size > 0) {
        const { min, max, hash, writtenAt } = part;
        const of = { ...this.of, name: this.nameOf(part), min, max, hash, writtenAt, goneAt: this.clock.now };
        this.gone.push({ ...of, rows: part.rows.size, times: timesOf(part.rows) });
      }
  }

  private add(part: Omit<Stored, 'hash' | 'writtenAt'>): void {
    this.active.push({ ...part, hash: `files ${++this.clock.files}`, writtenAt: this.clock.now });
  }

  private nameOf({ min, max, level, mutation }: Omit<Stored, 'rows'>): string {
    return `${this.of.partition}_${min}_${max}_${level}${mutation ? `_${mutation}` : ''}`;
  }
}

function sequence(seed: number): { steps: number; kept: number } {
  const random = new Random(seed);
  const clock = { now: 1_000_000, blocks: 0, files: 0 };
  const partitions = (['a:9000', 'b:9000'] as const).flatMap((host) =>
    (['truth', 'labels'] as const).flatMap((side) =>
      ['202602', '202603'].map((partition) => new Partition({ host, side, partition }, random, clock)),
    ),
  );
  let version = 0;
  const someRows = (): Rows =>
    new Map(
      Array.from({ length: random.between(1, 6) }, () => [random.between(0, 12), random.chance(0.8) ? ++version : 1]),
    );
  const change = () => {
    const one = random.of(random.chance(0.7) ? partitions.slice(0, 2) : partitions);
    const step = random.between(0, 19);
    if (step < 9) one.insert(someRows());
    else if (step < 13) one.merge(random.chance(0.4));
    else if (step < 14) one.mutate((key) => key === random.between(0, 12));
    else if (step < 15) one.mutate(() => false);
    else if (step < 16) one.drop(random.chance(0.5) ? one.some() : [...one.active]);
    else if (step < 17) one.detach(random.chance(0.5) ? one.some() : [...one.active]);
    else if (step < 18) one.attach();
    else if (step < 19) {
      one.drop([...one.active]);
      one.insert(someRows());
    }
    clock.now += random.of([0, 1, 30, 120, 300, 600]);
  };
  let kept = 0;
  const steps = random.between(5, 25);
  let before = partitions.flatMap((one) => one.parts());
  let known = partitions.map((one) => one.newest());
  for (let step = 0; step < steps; step++) {
    for (let changes = random.between(1, 3); changes > 0; changes--) change();
    const parts = partitions.flatMap((one) => one.parts());
    const changes = comparePartsOf(before, {
      parts,
      gone: partitions.flatMap((one) => one.listed()),
      nowAt: clock.now,
    });
    const now = partitions.map((one) => one.newest());
    if (changes.lost === null) {
      kept++;
      partitions.forEach((one, at) => {
        const read = changes.fresh.filter(one.isOf).map((part) => one.rowsOf(part));
        for (const [key, newest] of now[at] ?? [])
          if (known[at]?.get(key) !== newest) {
            expect(read.some((rows) => rows.get(key) === newest)).toBe(true);
            const before = known[at]?.get(key);
            const merged = changes.merged.filter((part) => one.isOf(part)).map(({ times }) => times);
            const isRead = (day: number) => merged.some((times) => times && times.from <= day && day <= times.to);
            if (before !== undefined && !one.daysOf(key).has(dayOf(before)) && !isRead(dayOf(before)))
              expect(read.some((rows) => [...rows.values()].map(dayOf).includes(dayOf(before)))).toBe(true);
          }
        for (const key of known[at]?.keys() ?? []) expect(now[at]?.has(key)).toBe(true);
      });
    }
    [before, known] = [parts, now];
  }
  return { steps, kept };
}

it('the parts show every change of rows, or that they cannot, on several hosts', () => {
  let [steps, kept] = [0, 0];
  for (let seed = from; seed < from + sequences; seed++)
    try {
      const ran = sequence(seed);
      steps += ran.steps;
      kept += ran.kept;
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  expect(kept / steps).toBeGreaterThan(0.3);
}, 600_000);
