import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { delay } from '@/lib/clock';

/**
 * Whether the engine answers anything at all: a slow statement and a frozen server look alike from its socket. One
 * question at a time for all who ask, on a connection of its own, since the others may all be taken.
 */
export class Pulse {
  private readonly client;
  private asking: Promise<boolean> | null = null;

  constructor(options: ClickHouseClientConfigOptions) {
    this.client = createClient({ ...options, max_open_connections: 1 });
  }

  /** Rejects with `silence` once the engine was asked and gave no answer, `patienceMs` after the call at most. */
  async lost(patienceMs: number, silence: Error, over: AbortSignal): Promise<never> {
    for (;;) {
      await delay(patienceMs / 2, over);
      if (!(await this.answers(patienceMs / 2))) throw silence;
    }
  }

  private answers(withinMs: number): Promise<boolean> {
    this.asking ??= this.client
      .ping({ select: true, abort_signal: AbortSignal.timeout(withinMs) })
      .then(({ success }) => success)
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
