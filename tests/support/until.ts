/** Asks again until the answer is truthy; fails after `withinMs` with what it waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  withinMs = 120_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<NonNullable<T>, false>;
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
