import { type ClickHouseClientConfigOptions, ClickHouseError, createClient } from '@clickhouse/client';
import { delay, firstOf, patience } from '@/lib/clock';
import { every, poll } from '@/lib/poll';

/**
 * Whether the engine answers anything at all: a slow statement and a frozen server look alike from its socket. It
 * sends one question at a time for all callers, on a separate connection, since the others may all be in use.
 */
export class Pulse {
  private readonly client;
  private asking: Promise<boolean> | null = null;

  constructor(options: ClickHouseClientConfigOptions) {
    this.client = createClient({ ...options, max_open_connections: 1 });
  }

  /** Rejects with `silence` once the engine was asked and gave no answer, `patienceMs` after the call at most. */
  async lost(patienceMs: number, silence: Error, over: AbortSignal): Promise<never> {
    const halfMs = patienceMs / 2;
    await delay(halfMs, over);
    return poll<never>({ ...every(halfMs), signal: over }, async () => {
      if (await this.answers(halfMs)) return null;
      throw silence;
    });
  }

  private answers(withinMs: number): Promise<boolean> {
    this.asking ??= this.ask(withinMs).finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  /** An error of ClickHouse's own is an answer too. */
  private async ask(withinMs: number): Promise<boolean> {
    const over = new AbortController();
    const late = patience(withinMs, over.signal).then(() => false);
    const asked = this.client
      .ping({ select: true, abort_signal: over.signal })
      .then((answer) => answer.success || answer.error instanceof ClickHouseError);
    return firstOf([asked, late], over);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
