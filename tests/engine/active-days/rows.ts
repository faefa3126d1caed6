import type { TestContext } from '../../support/context';

export type Row = {
  id: string;
  agent: string | null;
  start: string;
  /** '' = open. */
  end: string;
  useCase?: string;
  profile?: string;
  version?: number;
};

const instant = (text: string) => new Date(text || 0).toISOString().replace('T', ' ').slice(0, 23);

/** Writes rows of one side, each its own part, so that versions of a row stay unmerged. */
export async function write(
  ctx: TestContext,
  target: { database: string; customer: string; side: 'truth' | 'labels' },
  rows: Row[],
): Promise<void> {
  const table = target.side === 'truth' ? 'conversation' : 'conversation_with_labels';
  const versions = [...new Set(rows.map((row) => row.version ?? 1))].sort((a, b) => a - b);
  for (const version of versions) {
    await ctx.admin.client.insert({
      table: `${target.database}.${table}`,
      format: 'JSONEachRow',
      values: rows
        .filter((row) => (row.version ?? 1) === version)
        .map((row) => ({
          customer_id: target.customer,
          profile_id: row.profile ?? 'p',
          conversation_id: row.id,
          agent_user_id: target.side === 'labels' ? (row.agent ?? '') : row.agent,
          usecase_id: row.useCase ?? 'sales',
          conversation_start_time: instant(row.start),
          conversation_end_time: instant(row.end),
          update_time: instant(new Date(Date.UTC(2026, 5, 1) + version * 1_000).toISOString()),
        })),
    });
  }
}
