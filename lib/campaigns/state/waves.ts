type Sizes = { canary?: string; waves: readonly number[] };

/**
 * Customers in their waves: the canary by itself in wave 0, the others in their order, and the last size of a wave
 * repeated. A canary that was chosen and left out by the plan is replaced by the first.
 */
export function wavesOf<T extends { customerId: string }>(
  customers: readonly T[],
  { canary, waves }: Sizes,
): (T & { wave: number })[] {
  const first = customers.find(({ customerId }) => customerId === canary) ?? customers[0];
  if (!first) return [];
  const placed = [{ ...first, wave: 0 }];
  const rest = customers.filter((one) => one !== first);
  for (let wave = 1; placed.length < customers.length; wave += 1) {
    const size = waves[wave - 1] ?? waves.at(-1) ?? rest.length;
    const from = placed.length - 1;
    placed.push(...rest.slice(from, from + size).map((one) => ({ ...one, wave })));
  }
  return placed;
}
