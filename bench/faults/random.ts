/** Numbers that depend only on a seed and a name, so a seed makes the same choices whatever else is drawn. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `least` up to and including `most`. */
  whole(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  shuffle<T>(from: readonly T[]): T[];
};

/** mulberry32 over a hash of seed and name. */
export function randomOf(seed: number, name: string): Random {
  let state = [...name].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619),
    seed ^ 2_166_136_261,
  );
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new Error('nothing to pick from');
    return from[whole(0, from.length - 1)] as T;
  };
  return {
    next,
    whole,
    pick,
    shuffle(from) {
      const left = [...from];
      return from.map(() => left.splice(whole(0, left.length - 1), 1)[0] as (typeof from)[number]);
    },
  };
}
