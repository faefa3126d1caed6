/**
 * Asks again until the answer is truthy; fails after `withinMs` with what it waited for. The default `everyMs` is short,
 * so that a test catches a moment. A longer one leaves the processor to the work that the test waits for.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  options: number | { withinMs?: number; everyMs?: number } = {},
): Promise<Exclude<NonNullable<T>, false>> {
  const { withinMs = 120_000, everyMs = 20 } = typeof options === 'number' ? { withinMs: options } : options;
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<NonNullable<T>, false>;
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
