/** Fewer statements than this say nothing about an engine. */
const statementsLeast = 20;
const seconds = 60;

/** How many statements of the last minute failed because the engine did not answer or took no more of them. */
export class Recent {
  private readonly buckets = new Map<number, { all: number; failed: number }>();

  note(failed: boolean, nowMs = Date.now()): void {
    const second = Math.floor(nowMs / 1_000);
    const bucket = this.buckets.get(second) ?? { all: 0, failed: 0 };
    this.buckets.set(second, bucket);
    bucket.all += 1;
    if (failed) bucket.failed += 1;
    for (const old of this.buckets.keys()) if (old <= second - seconds) this.buckets.delete(old);
  }

  /** Percent of the statements of the last minute; null while there are too few to say. */
  failedPercent(nowMs: number): number | null {
    const since = Math.floor(nowMs / 1_000) - seconds;
    const found = [...this.buckets].filter(([second]) => second > since).map(([, bucket]) => bucket);
    const all = found.reduce((sum, one) => sum + one.all, 0);
    return all < statementsLeast ? null : (100 * found.reduce((sum, one) => sum + one.failed, 0)) / all;
  }
}
